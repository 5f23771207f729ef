using ConnectionTracingDemo.Tests.Adoption;
using ConnectionTracingDemo.Tests.EndToEnd;
using ConnectionTracingDemo.Tests.Viewer;

namespace ConnectionTracingDemo.Tests.Standalone;

/// <summary>Nothing stands in a README that nobody tries: each block is known here, with what runs it.</summary>
public sealed class ReadmeTests
{
    private const string ConnectionTracing = "ConnectionTracingDemo.ServiceDefaults/ConnectionTracing/README.md";

    private static readonly Dictionary<string, string> RunBy = new()
    {
        ["dotnet run --project ConnectionTracingDemo.AppHost"] = $"{nameof(AppHostProcessTests)}, with what it starts",
        ["dotnet tool restore\ndotnet aspire start\ndotnet aspire otel traces webfrontend\ndotnet aspire stop"] = nameof(AppHostProcessTests),
        ["dotnet tool restore\ndotnet aspire start\ndotnet aspire wait webfrontend"] = nameof(AppHostProcessTests),
        ["dotnet aspire resource webfrontend trace-connections"] = nameof(AppHostProcessTests),
        ["dotnet aspire resource webfrontend run-fault --scenario slow-tls"] = nameof(AppHostProcessTests),
        ["curl -sk https://localhost:7180/connection-tracing | jq '{enabled, until, findings, slowest: (.requests | sort_by(-.duration)[:3])}'"] = $"{nameof(ResourceCommandTests)} and EndpointTests, without curl and jq",
        ["dotnet aspire describe --format Json | jq -r '.resources[].urls[] | select(.displayName == \"Network\").url'"] = $"{nameof(AppHostProcessTests)}, without jq",
        ["dotnet aspire otel traces webfrontend --limit 5\ndotnet aspire otel traces webfrontend --has-error --limit 5\ndotnet aspire otel spans webfrontend --limit 50\ndotnet aspire otel logs webfrontend --search slow_tls"] = nameof(AppHostProcessTests),
        ["dotnet run --project tools/ConnectionTracingDemo.Viewer -- watch ConnectionTracingDemo.Web --for 30s"] = nameof(WatchTests),
        ["eng/dotnet-11.sh"] = ".ci/run",
        ["dotnet test"] = ".ci/run, and you right now",
        ["dotnet dev-certs https --trust"] = nameof(AppHostProcessTests),
        ["dotnet add reference ../ConnectionTracingDemo.ServiceDefaults/ConnectionTracingDemo.ServiceDefaults.csproj"] = nameof(CopiedServiceDefaults),
        ["dotnet add reference ../ConnectionTracing/ConnectionTracing.csproj"] = nameof(StrictSolutionTests),
        ["dotnet pack ConnectionTracing -o packages"] = nameof(PackageTests),
        ["builder.AddConnectionTracing();"] = nameof(HostSolution),
        ["app.MapConnectionTracing();"] = nameof(HostSolution),
        ["curl -X POST http://localhost:5000/connection-tracing -H 'Content-Type: application/json' -d '{\"enabled\": true, \"for\": \"00:05:00\"}'"] = nameof(CopiedServiceDefaultsTests),
        ["builder.AddServiceDefaults();"] = nameof(CopiedServiceDefaults),
        ["app.MapDefaultEndpoints();"] = nameof(CopiedServiceDefaults),
        ["export OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317\nexport OTEL_SERVICE_NAME=my-service"] = nameof(CopiedServiceDefaultsTests),
    };

    [Theory]
    [InlineData("README.md")]
    [InlineData("ConnectionTracingDemo.ServiceDefaults/README.md")]
    [InlineData(ConnectionTracing)]
    [InlineData("docs/agents.md")]
    [InlineData("docs/network.md")]
    public async Task Every_block_is_run_by_something(string path)
    {
        var readme = await Readme.ReadAsync(path);

        Assert.Empty(readme.BlocksOf("sh").Concat(readme.BlocksOf("csharp")).Except(RunBy.Keys));
    }

    [Theory]
    [InlineData(ConnectionTracing)]
    [InlineData("docs/network.md")]
    public async Task The_calls_of_connection_tracing_are_those_that_the_defaults_make(string path)
    {
        var readme = await Readme.ReadAsync(path);
        var defaults = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "ConnectionTracingDemo.ServiceDefaults", "Extensions.cs"));

        Assert.Equal(2, readme.BlocksOf("csharp").Count());
        Assert.All(readme.BlocksOf("csharp"), call => Assert.Contains(call, defaults, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("ConnectionTracingDemo.ServiceDefaults/README.md")]
    [InlineData(ConnectionTracing)]
    [InlineData("ConnectionTracingDemo.ServiceDefaults/ConnectionTracing/Diagnosis/README.md")]
    [InlineData("docs/agents.md")]
    [InlineData("docs/network.md")]
    [InlineData("docs/performance.md")]
    [InlineData("docs/viewer.md")]
    [InlineData("samples/README.md")]
    [InlineData("eng/PublicApi/README.md")]
    [InlineData("eng/Yarp.Telemetry.Consumption/README.md")]
    public async Task Every_link_into_the_repository_leads_somewhere(string path)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, path))!;
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, path));

        Assert.DoesNotContain(Readme.LinksIn(text), link => !Path.Exists(Path.Combine(folder, link)));
        foreach (var (file, anchor) in Readme.AnchorLinksIn(text))
        {
            Assert.Contains(anchor, Readme.AnchorsIn(await File.ReadAllTextAsync(file.Length > 0 ? Path.Combine(folder, file) : Path.Combine(Repository.Root, path))));
        }
    }

    [Theory]
    [InlineData("ConnectionTracingDemo.ServiceDefaults")]
    [InlineData("ConnectionTracingDemo.ServiceDefaults/ConnectionTracing")]
    public async Task A_folder_to_copy_carries_the_license(string folder) => Assert.Equal(
        await File.ReadAllTextAsync(Path.Combine(Repository.Root, "LICENSE")),
        await File.ReadAllTextAsync(Path.Combine(Repository.Root, folder, "LICENSE")));

    [Fact]
    public async Task Every_folder_that_the_README_lists_exists()
    {
        var readme = await Readme.ReadAsync("README.md");
        var folders = readme.BlocksOf("").Single().Split('\n').Select(line => line.Split(' ')[0]).Where(folder => folder.Length > 0).ToList();

        Assert.Contains("ConnectionTracingDemo.AppHost", folders);
        Assert.DoesNotContain(folders, folder => !Directory.Exists(Path.Combine(Repository.Root, folder)));
    }
}
