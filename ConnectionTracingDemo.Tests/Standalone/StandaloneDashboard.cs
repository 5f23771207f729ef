using System.Text.RegularExpressions;

namespace ConnectionTracingDemo.Tests.Standalone;

/// <summary>The Aspire dashboard on its own, as in production or beside an app that no AppHost runs.</summary>
internal sealed class StandaloneDashboard : IAsyncDisposable
{
    private readonly RunningProgram _program;

    private StandaloneDashboard(RunningProgram program, Uri url, Uri otlpUrl)
    {
        _program = program;
        Url = url;
        OtlpUrl = otlpUrl;
    }

    public Uri Url { get; }

    /// <summary>Takes OTLP over gRPC.</summary>
    public Uri OtlpUrl { get; }

    public static async Task<StandaloneDashboard> StartAsync()
    {
        var path = Repository.DashboardPath;
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://127.0.0.1:0",
            ["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true",
            ["ASPIRE_DASHBOARD_API_ENABLED"] = "true",
        };
        var (program, otlp) = await RunningProgram.StartAsync(path, [], Path.GetDirectoryName(path)!, environment, @"OTLP/gRPC listening on: (http://\S+)");
        var frontend = Regex.Match(program.Output, @"Now listening on: (http://\S+)");
        return new StandaloneDashboard(program, new Uri(frontend.Groups[1].Value), new Uri(otlp.Groups[1].Value));
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();
}
