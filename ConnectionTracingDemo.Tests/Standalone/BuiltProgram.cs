namespace ConnectionTracingDemo.Tests.Standalone;

/// <summary>The built Web or ApiService project on its own, without AppHost or dashboard, in Development and with the settings of a test.</summary>
internal sealed class BuiltProgram : IAsyncDisposable
{
    public const string Api = "ConnectionTracingDemo.ApiService";
    public const string Web = "ConnectionTracingDemo.Web";

    private readonly RunningProgram _program;

    private BuiltProgram(RunningProgram program, Uri url)
    {
        _program = program;
        Url = url;
    }

    /// <summary>Debug or Release, as this assembly.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    public Uri Url { get; }

    public int ProcessId => _program.ProcessId;

    public string Output => _program.Output;

    /// <summary>Starts it with settings such as <c>Faults:MaxServers=2</c> and waits until it listens.</summary>
    public static async Task<BuiltProgram> StartAsync(string project, params string[] settings)
    {
        var (arguments, directory, environment) = Describe(project, settings);
        var (program, line) = await RunningProgram.StartAsync("dotnet", arguments, directory, environment, @"Now listening on: (http://\S+)");
        return new(program, new Uri(line.Groups[1].Value));
    }

    /// <summary>Starts the Web project beside an API.</summary>
    public static Task<BuiltProgram> StartWebAsync(Uri api, params string[] settings) =>
        StartAsync(Web, [$"Services:apiservice:http:0={api.GetLeftPart(UriPartial.Authority)}", .. settings]);

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="InvalidOperationException">Its exit code is not 0; the message has its output.</exception>
    public static Task RunAsync(string project, params string[] settings)
    {
        var (arguments, directory, environment) = Describe(project, settings);
        return RunningProgram.RunAsync("dotnet", arguments, directory, environment);
    }

    /// <summary>Asks it to end.</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> TerminateAsync() => _program.TerminateAsync();

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    /// <summary>The program of a project, without extension. It has been built like this assembly: project/bin/configuration/framework.</summary>
    public static string PathOf(string project) =>
        Path.Combine(Repository.Root, project, "bin", Configuration, new DirectoryInfo(AppContext.BaseDirectory).Name, project);

    private static (string[] Arguments, string Directory, Dictionary<string, string> Environment) Describe(string project, string[] settings)
    {
        return (
            [$"{PathOf(project)}.dll", "--urls=http://127.0.0.1:0", .. settings.Select(setting => $"--{setting}")],
            Path.Combine(Repository.Root, project),
            // Whatever this machine, or the test run, is set to. A setting environment=Production comes later and wins.
            new() { ["ASPNETCORE_ENVIRONMENT"] = "Development", ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "", ["ConnectionTracing__Page__DashboardUrl"] = "" });
    }
}
