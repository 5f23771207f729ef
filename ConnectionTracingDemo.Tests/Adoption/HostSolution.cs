using System.Text.RegularExpressions;
using ConnectionTracingDemo.Tests.Standalone;

namespace ConnectionTracingDemo.Tests.Adoption;

/// <summary>
/// A solution of another team, in a folder of its own outside of this repository, with a copy of the library's folder. The lines that it adds are
/// those of the README in that folder; nothing else of it knows the library.
/// </summary>
internal sealed partial class HostSolution : IDisposable
{
    private const string Library = "ConnectionTracingDemo.ServiceDefaults/ConnectionTracing";

    private const string ReadmePath = $"{Library}/README.md";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("connection-tracing-host-");

    private HostSolution(string add, string map) => (Add, Map) = (add, map);

    /// <summary>The line of the README for the builder.</summary>
    public string Add { get; }

    /// <summary>The line of the README for the application.</summary>
    public string Map { get; }

    public const string Reference = """<ProjectReference Include="../ConnectionTracing/ConnectionTracing.csproj" />""";

    public static async Task<HostSolution> CreateAsync()
    {
        var lines = (await Readme.ReadAsync(ReadmePath)).BlocksOf("csharp").ToList();
        var solution = new HostSolution(lines[0], lines[1]);
        Repository.CopyFolder(Path.Combine(Repository.Root, Library), solution.PathOf("ConnectionTracing"));
        return solution;
    }

    /// <summary>The statements of a service with an OpenTelemetry setup of its own, which exports where the variables say, and with the line of the README.</summary>
    public string TracedSetup => $"""
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("Microsoft.AspNetCore", "System.Net.Http")).UseOtlpExporter();
        {Add}
        """;

    public string PathOf(string path) => Path.Combine(_folder.FullName, path);

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), text);
    }

    /// <summary>Writes a web application that can be asked to request something from itself.</summary>
    /// <param name="name">The name of the project and its folder.</param>
    /// <param name="project">What its project file says.</param>
    /// <param name="setup">Its statements before <c>Build</c>, beside those that create the builder and the clients.</param>
    /// <param name="map">Its statements after that.</param>
    /// <param name="create">Creates the builder.</param>
    public void WriteService(string name, string project, string setup, string map, string create = "WebApplication.CreateBuilder(args)")
    {
        Write($"{name}/{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
              </PropertyGroup>
              {project}
            </Project>
            """);
        Write($"{name}/Program.cs", $$"""
            using System;
            using System.Net.Http;
            using Microsoft.AspNetCore.Builder;
            using Microsoft.AspNetCore.Http;
            using Microsoft.Extensions.Configuration;
            using Microsoft.Extensions.DependencyInjection;
            using Microsoft.Extensions.Hosting;
            using OpenTelemetry;
            using OpenTelemetry.Exporter;
            using OpenTelemetry.Trace;

            var builder = {{create}};
            builder.Services.AddHttpClient();
            {{setup}}

            var app = builder.Build();
            {{map}}
            app.MapGet("/", () => "Hello World!");
            app.MapGet("/self", async (HttpContext context, IHttpClientFactory clients) =>
            {
                using var client = clients.CreateClient();
                return await client.GetStringAsync(new Uri($"http://localhost:{context.Request.Host.Port}/"));
            });
            await app.RunAsync();
            """);
    }

    /// <summary>Runs the command of the README that begins with these words, in a folder of the solution.</summary>
    public async Task RunOfReadmeAsync(string words, string folder = "")
    {
        var command = (await Readme.ReadAsync(ReadmePath)).BlocksOf("sh").Single(block => block.StartsWith(words, StringComparison.Ordinal));
        await RunningProgram.RunAsync("dotnet", command.Split(' ')[1..], PathOf(folder));
    }

    /// <summary>Runs a command of the SDK that builds something, in the folder of the solution.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has its output.</exception>
    public async Task BuildAsync(params string[] arguments)
    {
        var output = await RunningProgram.RunAsync("dotnet", arguments, _folder.FullName);

        // About whatever: the hosts have nothing that a warning could be about either.
        Assert.DoesNotMatch(Warning(), output);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [GeneratedRegex(@"warning [A-Z]+\d+")]
    private static partial Regex Warning();
}
