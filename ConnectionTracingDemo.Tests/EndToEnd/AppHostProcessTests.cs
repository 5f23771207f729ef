using System.Net;
using System.Net.Sockets;
using ConnectionTracingDemo.Tests.Hosting;
using ConnectionTracingDemo.Tests.Standalone;

namespace ConnectionTracingDemo.Tests.EndToEnd;

/// <summary>The AppHost as people start and end it, for a user who has never had a development certificate.</summary>
public sealed class AppHostProcessTests
{
    private const string Skip = "Finds processes through /proc; run it on Linux.";

    public static bool IsLinux => OperatingSystem.IsLinux();

    [Fact(Skip = Skip, SkipUnless = nameof(IsLinux))]
    public async Task Makes_a_certificate_says_so_in_one_line_and_leaves_nothing_behind_after_SIGTERM()
    {
        await using var appHost = await AppHostProcess.StartAsync(withDotNetRun: true);

        Assert.Equal(Uri.UriSchemeHttps, (await appHost.WaitForWeatherAsync()).Scheme);
        Assert.Contains("running 'dotnet dev-certs https --trust'", Assert.Single(LinesWith(appHost, "development certificate that")), StringComparison.Ordinal);

        await appHost.SignalAsync("TERM");
        await appHost.WaitUntilAllHaveEndedAsync();
    }

    [Fact(Skip = Skip, SkipUnless = nameof(IsLinux))]
    public async Task Runs_over_http_where_no_certificate_can_be_made_and_leaves_nothing_behind_after_SIGKILL()
    {
        // `dev-certs` is part of the SDK that this variable leads to.
        await using var appHost = await AppHostProcess.StartAsync(withDotNetRun: false, ("DOTNET_HOST_PATH", "/bin/false"));

        Assert.Equal(Uri.UriSchemeHttp, (await appHost.WaitForWeatherAsync()).Scheme);
        Assert.Contains("run 'dotnet dev-certs https --trust' and start it again", Assert.Single(LinesWith(appHost, "over http")), StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", appHost.Output, StringComparison.Ordinal);

        await appHost.SignalAsync("KILL");
        await appHost.WaitUntilAllHaveEndedAsync();
    }

    [Fact(Skip = Skip, SkipUnless = nameof(IsLinux))]
    public async Task Names_a_port_that_is_taken_and_ends()
    {
        using var other = new TcpListener(IPAddress.Loopback, FreePort.Find());
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => AppHostProcess.StartAsync(
            withDotNetRun: false, ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", $"https://localhost:{port}"), ("DcpPublisher__RandomizePorts", "false")));

        Assert.Contains("ended without a line", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"Port {port} of the resource service (ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL) is taken.", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Skip = Skip, SkipUnless = nameof(IsLinux))]
    public async Task The_aspire_CLI_starts_it_runs_its_commands_reads_its_traces_and_stops_it()
    {
        await using var appHost = AppHostProcess.None();
        await RunAsync("tool", "restore");

        Assert.Matches(@"""dashboardUrl"": ""https://localhost:\d+/login", await AspireAsync("start", "--isolated", "--no-build", "--format", "Json"));
        await AspireAsync("wait", "webfrontend");
        await appHost.WaitForWeatherAsync();

        Assert.Matches("""{"service":"webfrontend","replicas":1,"enabled":true,"until":"[^"]+","report":"https://localhost:\d+/connection-tracing"}""", await AspireAsync("resource", "webfrontend", "trace-connections"));
        // On a busy machine the diagnosis may find more than that.
        Assert.Contains("The TLS handshake is slow.", await AspireAsync("resource", "webfrontend", "run-fault", "--scenario", "slow-tls"), StringComparison.Ordinal);
        Assert.Matches("""displayName": "Network",\s*"url": "https://localhost:\d+/connection-tracing""", await AspireAsync("describe", "--format", "Json"));

        // Services send their spans once per second.
        await appHost.WaitAsync("the traces of the weather and of a connection in the CLI", async () =>
        {
            try
            {
                var traces = await AspireAsync("otel", "traces", "webfrontend", "--format", "Json");
                return traces.Contains("GET /weather", StringComparison.Ordinal) && traces.Contains("HTTP connection_setup", StringComparison.Ordinal);
            }
            catch (InvalidOperationException exception) when (exception.Message.Contains("Resource 'webfrontend' not found", StringComparison.Ordinal))
            {
                // The dashboard has received nothing from it yet.
                return false;
            }
        });

        Assert.Contains("slow_tls at 127.0.0.1", await AspireAsync("otel", "logs", "webfrontend", "--search", "slow_tls"), StringComparison.Ordinal);
        Assert.Contains("TLS client handshake", await AspireAsync("otel", "spans", "webfrontend", "--limit", "50"), StringComparison.Ordinal);
        await AspireAsync("otel", "traces", "webfrontend", "--has-error", "--limit", "5");

        await AspireAsync("stop");
        await appHost.WaitUntilAllHaveEndedAsync();

        Task<string> AspireAsync(params string[] arguments) => RunAsync(["aspire", .. arguments, "--non-interactive", "--nologo"]);

        Task<string> RunAsync(params string[] arguments) => RunningProgram.RunAsync("dotnet", arguments, Repository.Root, appHost.Environment);
    }

    private static IEnumerable<string> LinesWith(AppHostProcess appHost, string text) => appHost.Output.Split('\n').Where(line => line.Contains(text, StringComparison.Ordinal));
}
