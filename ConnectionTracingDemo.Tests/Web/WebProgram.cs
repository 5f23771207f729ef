using ConnectionTracingDemo.Tests.Standalone;

namespace ConnectionTracingDemo.Tests.Web;

/// <summary>The built Web project on its own, without AppHost, API or dashboard.</summary>
internal static class WebProgram
{
    private const string Project = "ConnectionTracingDemo.Web";

    /// <summary>Whatever this machine, or the test run, is set to.</summary>
    private static readonly Dictionary<string, string> Environment = new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "",
        ["DashboardUrl"] = "",
    };

    private static string Directory => Path.Combine(Repository.Root, Project);

    /// <summary>Starts it with settings such as <c>WeatherApi:MaxWait=00:00:05</c> and waits until it listens.</summary>
    public static async Task<(RunningProgram Program, Uri Url)> StartAsync(params string[] settings)
    {
        var (program, line) = await RunningProgram.StartAsync("dotnet", Arguments(settings), Directory, Environment, @"Now listening on: (http://\S+)");
        return (program, new Uri(line.Groups[1].Value));
    }

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="InvalidOperationException">Its exit code is not 0; the message has its output.</exception>
    public static Task RunAsync(params string[] settings) => RunningProgram.RunAsync("dotnet", Arguments(settings), Directory, Environment);

    private static string[] Arguments(string[] settings)
    {
        // Built like this assembly: <project>/bin/<configuration>/<framework>.
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(Directory, "bin", framework.Parent!.Name, framework.Name, $"{Project}.dll");
        return [program, "--urls=http://127.0.0.1:0", .. settings.Select(setting => $"--{setting}")];
    }
}
