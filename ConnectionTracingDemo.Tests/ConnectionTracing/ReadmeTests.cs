using System.Reflection;
using System.Runtime.CompilerServices;
using ConnectionTracing;
using ConnectionTracing.Model;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>The tables of the folder's README and the code say the same.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void Every_attribute_is_in_the_table()
    {
        var readme = ReadMe() + ReadMe("Diagnosis");
        var written = typeof(AttributeNames).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!)
            .Where(name => name.StartsWith("httpclient.", StringComparison.Ordinal));

        Assert.All(written, name => Assert.Contains($"`{name}`", readme, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_option_is_in_the_table()
    {
        var readme = ReadMe();

        Assert.All(
            typeof(ConnectionTracingOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance),
            option => Assert.Contains($"| `{option.Name}` |", readme, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_option_of_the_page_is_in_the_table()
    {
        var readme = ReadMe();

        Assert.Contains($"| `{nameof(ConnectionTracingPageOptions.Services)}:{{name}}` |", readme, StringComparison.Ordinal);
        Assert.All(
            typeof(ConnectionTracingPageOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(option => option.Name != nameof(ConnectionTracingPageOptions.Services)),
            option => Assert.Contains($"| `{option.Name}` |", readme, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_cause_is_in_the_table()
    {
        var readme = ReadMe("Diagnosis");

        Assert.All(
            typeof(FindingCause).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!),
            cause => Assert.Matches($@"\| `{cause}`( \*)? \|", readme));
    }

    [Fact]
    public void Every_threshold_is_in_the_table_with_its_default()
    {
        var readme = ReadMe("Diagnosis");
        var defaults = new ConnectionTracingDiagnosisOptions();

        Assert.All(
            typeof(ConnectionTracingDiagnosisOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance),
            option => Assert.Contains(option.GetValue(defaults) switch
            {
                bool on => $"| `{option.Name}` | {(on ? "true" : "false")} |",
                int count => $"`{option.Name}`, {count} |",
                TimeSpan time when time == TimeSpan.FromMinutes(1) => $"| `{option.Name}` | {time} |",
                TimeSpan time when time == TimeSpan.Zero => $"`{option.Name}`, 0 |",
                TimeSpan time => $"`{option.Name}`, {(time < TimeSpan.FromSeconds(1) ? $"{time.TotalMilliseconds} ms" : $"{time.TotalSeconds} s")} |",
                var other => throw new NotSupportedException($"{other}"),
            }, readme, StringComparison.Ordinal));
    }

    private static string ReadMe(string folder = "", [CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "ConnectionTracingDemo.ServiceDefaults", "ConnectionTracing", folder, "README.md"));
}
