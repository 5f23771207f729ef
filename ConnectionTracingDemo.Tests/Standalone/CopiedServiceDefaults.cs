using System.Text.RegularExpressions;

namespace ConnectionTracingDemo.Tests.Standalone;

/// <summary>
/// A new web project in a folder of its own, with a copy of ServiceDefaults: made as the README beside ServiceDefaults says,
/// with the lines that stand there. It lives as long as the tests that share it.
/// </summary>
public sealed class CopiedServiceDefaults : IAsyncLifetime
{
    private const string ServiceDefaults = "ConnectionTracingDemo.ServiceDefaults";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("service-defaults-copy-");

    /// <summary>Starts the service.</summary>
    /// <param name="environment">Where its telemetry goes, and under which name.</param>
    internal async Task<(RunningProgram Program, Uri Url)> StartServiceAsync(IReadOnlyDictionary<string, string> environment)
    {
        var all = new Dictionary<string, string>(environment) { ["ASPNETCORE_URLS"] = "http://127.0.0.1:0", ["ASPNETCORE_ENVIRONMENT"] = "Development" };
        var (program, line) = await RunningProgram.StartAsync("dotnet", ["bin/Debug/net10.0/NewService.dll"], Path.Combine(_folder.FullName, "NewService"), all, @"Now listening on: (http://\S+)");
        return (program, new Uri(line.Groups[1].Value));
    }

    public async ValueTask InitializeAsync()
    {
        var service = Path.Combine(_folder.FullName, "NewService");
        Repository.CopyFolder(Path.Combine(Repository.Root, ServiceDefaults), Path.Combine(_folder.FullName, ServiceDefaults));
        await RunningProgram.RunAsync("dotnet", ["new", "web", "--output", service, "--no-restore"], _folder.FullName);

        var readme = await Readme.ReadAsync(Path.Combine(ServiceDefaults, "README.md"));
        foreach (var command in readme.BlocksOf("sh").Single(block => block.Contains("add reference")).Split('\n'))
        {
            var words = command.Split(' ');
            await RunningProgram.RunAsync(words[0], words[1..], service);
        }

        // The template has one line that calls CreateBuilder and one that calls Run.
        string[] lines = [.. readme.BlocksOf("csharp")];
        var program = await File.ReadAllTextAsync(Path.Combine(service, "Program.cs"));
        program = Regex.Replace(program, @"(?<=CreateBuilder\(args\);)", $"\n{lines[0]}");
        program = Regex.Replace(program, @"(?=app\.Run\(\);)", $"{lines[1]}\n{CallsItself}\n");
        await File.WriteAllTextAsync(Path.Combine(service, "Program.cs"), program);

        Assert.DoesNotMatch(@"warning [A-Z]+\d+", await RunningProgram.RunAsync("dotnet", ["build", service], _folder.FullName));
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    // Something to trace: the service is its own server.
    private const string CallsItself =
        """app.MapGet("/self", async (IHttpClientFactory clients, HttpContext context) => await clients.CreateClient().GetStringAsync($"http://{context.Request.Host}/"));""";
}
