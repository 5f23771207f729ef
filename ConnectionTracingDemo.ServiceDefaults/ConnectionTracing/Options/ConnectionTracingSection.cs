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
    private const string Times = "a time from 00:00:00 to 01:00:00";

    private static readonly (string Key, Func<ConnectionTracingDiagnosisOptions, TimeSpan> Get, Action<ConnectionTracingDiagnosisOptions, TimeSpan> Set)[] DiagnosisTimes =
    [
        (nameof(ConnectionTracingDiagnosisOptions.Queue), options => options.Queue, (options, value) => options.Queue = value),
        (nameof(ConnectionTracingDiagnosisOptions.SlowDns), options => options.SlowDns, (options, value) => options.SlowDns = value),
        (nameof(ConnectionTracingDiagnosisOptions.QueuedDns), options => options.QueuedDns, (options, value) => options.QueuedDns = value),
        (nameof(ConnectionTracingDiagnosisOptions.SlowConnect), options => options.SlowConnect, (options, value) => options.SlowConnect = value),
        (nameof(ConnectionTracingDiagnosisOptions.FailedAddress), options => options.FailedAddress, (options, value) => options.FailedAddress = value),
        (nameof(ConnectionTracingDiagnosisOptions.SlowTls), options => options.SlowTls, (options, value) => options.SlowTls = value),
        (nameof(ConnectionTracingDiagnosisOptions.SlowServer), options => options.SlowServer, (options, value) => options.SlowServer = value),
        (nameof(ConnectionTracingDiagnosisOptions.SlowBody), options => options.SlowBody, (options, value) => options.SlowBody = value),
    ];

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

        new(nameof(ConnectionTracingOptions.OtherConnections), Booleans, (options, text) =>
            bool.TryParse(text, out var value) && Set(() => options.OtherConnections = value)),

        new(nameof(ConnectionTracingOptions.SlowSetup), Times, (options, text) =>
            TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && IsTime(value) && Set(() => options.SlowSetup = value)),

        new(nameof(ConnectionTracingOptions.MaxTrackedConnections), Capacities, (options, text) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && IsCapacity(value) && Set(() => options.MaxTrackedConnections = value)),

        new(nameof(ConnectionTracingOptions.MaxRememberedRequests), Capacities, (options, text) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && IsCapacity(value) && Set(() => options.MaxRememberedRequests = value)),

        new(Diagnosis(nameof(ConnectionTracingDiagnosisOptions.Enabled)), Booleans, (options, text) =>
            bool.TryParse(text, out var value) && Set(() => options.Diagnosis.Enabled = value)),

        new(Diagnosis(nameof(ConnectionTracingDiagnosisOptions.RepeatAfter)), CaptureTime.Allowed, (options, text) =>
            CaptureTime.TryParse(text, out var value) && Set(() => options.Diagnosis.RepeatAfter = value)),

        .. DiagnosisTimes.Select(time => new Setting(Diagnosis(time.Key), Times, (options, text) =>
            TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && IsTime(value) && Set(() => time.Set(options.Diagnosis, value)))),

        new(Diagnosis(nameof(ConnectionTracingDiagnosisOptions.BurstConnections)), "a whole number from 2 to 10000", (options, text) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && IsBurst(value) && Set(() => options.Diagnosis.BurstConnections = value)),

        new(Diagnosis(nameof(ConnectionTracingDiagnosisOptions.ChurnConnections)), "a whole number from 3 to 32", (options, text) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && IsChurn(value) && Set(() => options.Diagnosis.ChurnConnections = value)),
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
            Check(IsTime(options.SlowSetup), nameof(options.SlowSetup), options.SlowSetup);
            Check(IsCapacity(options.MaxTrackedConnections), nameof(options.MaxTrackedConnections), options.MaxTrackedConnections);
            Check(IsCapacity(options.MaxRememberedRequests), nameof(options.MaxRememberedRequests), options.MaxRememberedRequests);

            var diagnosis = options.Diagnosis;
            Check(CaptureTime.IsAllowed(diagnosis.RepeatAfter), Diagnosis(nameof(diagnosis.RepeatAfter)), diagnosis.RepeatAfter);
            Check(IsBurst(diagnosis.BurstConnections), Diagnosis(nameof(diagnosis.BurstConnections)), diagnosis.BurstConnections);
            Check(IsChurn(diagnosis.ChurnConnections), Diagnosis(nameof(diagnosis.ChurnConnections)), diagnosis.ChurnConnections);
            foreach (var (key, get, _) in DiagnosisTimes)
            {
                Check(IsTime(get(diagnosis)), Diagnosis(key), get(diagnosis));
            }
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

    private static string Diagnosis(string key) => $"{nameof(ConnectionTracingOptions.Diagnosis)}:{key}";

    private static bool IsTime(TimeSpan value) => value >= TimeSpan.Zero && value <= TimeSpan.FromHours(1);

    private static bool IsCapacity(int value) => value is >= 16 and <= 1_000_000;

    private static bool IsBurst(int value) => value is >= 2 and <= 10_000;

    private static bool IsChurn(int value) => value is >= 3 and <= Tracking.HostConnections.Kept;

    private static bool Set(Action set)
    {
        set();
        return true;
    }

    private sealed record Setting(string Key, string Allowed, Func<ConnectionTracingOptions, string, bool> TryApply);
}
