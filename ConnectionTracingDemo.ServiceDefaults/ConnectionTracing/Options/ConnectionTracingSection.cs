using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing;

/// <summary>
/// Reads the section <c>ConnectionTracing</c>. Not the configuration binder, which would not say what is allowed instead.
/// </summary>
internal sealed class ConnectionTracingSection(IConfiguration configuration, IHostEnvironment environment)
    : IConfigureOptions<ConnectionTracingOptions>, IValidateOptions<ConnectionTracingOptions>
{
    private const string Booleans = "true or false";
    private const string Capacities = "a whole number from 16 to 1000000";

    private static readonly Setting[] Settings =
    [
        new(nameof(ConnectionTracingOptions.Enabled), Booleans, (options, text) =>
            bool.TryParse(text, out var value) && Set(() => options.Enabled = value)),

        new(nameof(ConnectionTracingOptions.RequestPhases), Booleans, (options, text) =>
            bool.TryParse(text, out var value) && Set(() => options.RequestPhases = value)),

        new(nameof(ConnectionTracingOptions.InlineSetup), Booleans, (options, text) =>
            bool.TryParse(text, out var value) && Set(() => options.InlineSetup = value)),

        new(nameof(ConnectionTracingOptions.CaptureFor), CaptureTime.Allowed + ", or nothing", (options, text) =>
            CaptureTime.TryParse(text, out var value) && Set(() => options.CaptureFor = value)),

        new(nameof(ConnectionTracingOptions.Export), "All or Linked", (options, text) =>
            // Enum.TryParse would also take numbers.
            Array.Find(Enum.GetValues<ConnectionTracingExport>(), value => IsName(value, text)) is var found
            && IsName(found, text) && Set(() => options.Export = found)),

        new(nameof(ConnectionTracingOptions.SlowSetup), "a time from 00:00:00 to 01:00:00", (options, text) =>
            TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && IsSlowSetup(value) && Set(() => options.SlowSetup = value)),

        new(nameof(ConnectionTracingOptions.MaxTrackedConnections), Capacities, (options, text) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && IsCapacity(value) && Set(() => options.MaxTrackedConnections = value)),

        new(nameof(ConnectionTracingOptions.MaxRememberedRequests), Capacities, (options, text) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && IsCapacity(value) && Set(() => options.MaxRememberedRequests = value)),
    ];

    public void Configure(ConnectionTracingOptions options)
    {
        options.Enabled = options.RequestPhases = environment.IsDevelopment();

        foreach (var (setting, text) in Configured())
        {
            setting.TryApply(options, text);
        }
    }

    /// <summary>Names every wrong value in the section, and those that code has set.</summary>
    public ValidateOptionsResult Validate(string? name, ConnectionTracingOptions options)
    {
        var scratch = new ConnectionTracingOptions();
        var failures = Configured()
            .Where(configured => !configured.Setting.TryApply(scratch, configured.Text))
            .Select(configured => Message(configured.Setting, configured.Text))
            .ToList();

        if (failures.Count == 0)
        {
            Check(options.CaptureFor is null || CaptureTime.IsAllowed(options.CaptureFor.Value), nameof(options.CaptureFor), options.CaptureFor);
            Check(Enum.IsDefined(options.Export), nameof(options.Export), options.Export);
            Check(IsSlowSetup(options.SlowSetup), nameof(options.SlowSetup), options.SlowSetup);
            Check(IsCapacity(options.MaxTrackedConnections), nameof(options.MaxTrackedConnections), options.MaxTrackedConnections);
            Check(IsCapacity(options.MaxRememberedRequests), nameof(options.MaxRememberedRequests), options.MaxRememberedRequests);
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(bool allowed, string key, object? value)
        {
            if (!allowed)
            {
                failures.Add(Message(Array.Find(Settings, setting => setting.Key == key)!, value));
            }
        }
    }

    private IEnumerable<(Setting Setting, string Text)> Configured()
    {
        var section = configuration.GetSection(ConnectionTracingOptions.SectionName);
        foreach (var setting in Settings)
        {
            // An empty value is no value: that is how an environment variable takes back a setting.
            if (section[setting.Key] is { Length: > 0 } text)
            {
                yield return (setting, text);
            }
        }
    }

    private static string Message(Setting setting, object? value) =>
        $"{ConnectionTracingOptions.SectionName}:{setting.Key} is '{value}', allowed is {setting.Allowed}.";

    private static bool IsName(ConnectionTracingExport value, string text) => string.Equals(value.ToString(), text, StringComparison.OrdinalIgnoreCase);

    private static bool IsSlowSetup(TimeSpan value) => value >= TimeSpan.Zero && value <= TimeSpan.FromHours(1);

    private static bool IsCapacity(int value) => value is >= 16 and <= 1_000_000;

    private static bool Set(Action set)
    {
        set();
        return true;
    }

    private sealed record Setting(string Key, string Allowed, Func<ConnectionTracingOptions, string, bool> TryApply);
}
