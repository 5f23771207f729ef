using System.Reflection;
using System.Runtime.CompilerServices;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>The tables of the folder's README and the code say the same.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void Every_attribute_is_in_the_table()
    {
        var readme = ReadMe();
        var written = typeof(ConnectionTracingAttributes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!)
            .Where(name => name.StartsWith("http.client.", StringComparison.Ordinal) || name.StartsWith("network.setup.", StringComparison.Ordinal));

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

    private static string ReadMe([CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "ConnectionTracingDemo.ServiceDefaults", "ConnectionTracing", "README.md"));
}
