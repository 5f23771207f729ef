using System.Net.Http.Json;
using System.Text.Json;

namespace ConnectionTracingDemo.AppHost;

/// <summary>The fault lab of webfrontend in the Aspire dashboard and in the Aspire CLI.</summary>
public static class FaultLabResourceBuilderExtensions
{
    private const string Scenario = "scenario";

    /// <summary>The longest <c>FaultLab:TimeLimit</c>, and the time that starting servers and waiting for findings may take.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);

    // Without a traceparent header: the trace of the command is not recorded, so the one of the run would not be either.
    private static readonly HttpClient Client = new(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { Timeout = Timeout };

    /// <summary>The scenarios that <c>POST /fault-lab/runs/{id}</c> runs, in the order of the page.</summary>
    public static IReadOnlyList<string> Scenarios { get; } =
    [
        "cold-and-warm", "small-pool", "connection-churn", "idle-closed", "http1-against-http2", "stream-limit",
        "unknown-host", "refused-port", "hanging-connect", "dead-first-address", "slow-tls", "untrusted-certificate",
        "client-certificate-refused", "plaintext-on-tls", "proxy-down", "slow-resolver",
        "ignored-continue", "slow-headers", "starved-thread-pool", "slow-body", "cancelled-request",
    ];

    /// <summary>Adds the command <c>run-fault</c>. Its argument is the name of a scenario.</summary>
    /// <typeparam name="T">The type of the resource.</typeparam>
    /// <param name="builder">The project webfrontend.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    public static IResourceBuilder<T> WithFaultLab<T>(this IResourceBuilder<T> builder) where T : IResourceWithEndpoints =>
        builder.WithCommand("run-fault", "Run a fault", context => RunAsync(builder, context), new CommandOptions
        {
            Description = "Runs a scenario of the fault lab and shows what the diagnosis finds.",
            IconName = "Beaker",
            UpdateState = ConnectionTracingResourceBuilderExtensions.WhileRunning,
            Progress = new() { Message = "The scenario is running. It takes up to 15 seconds." },
            Arguments =
            [
                new()
                {
                    Name = Scenario,
                    Label = "Scenario",
                    Description = "The page Fault lab of the site describes each scenario.",
                    InputType = InputType.Choice,
                    Required = true,
                    Options = [.. Scenarios.Select(id => KeyValuePair.Create(id, id))],
                },
            ],
        });

    private static async Task<ExecuteCommandResult> RunAsync<T>(IResourceBuilder<T> builder, ExecuteCommandContext context) where T : IResourceWithEndpoints
    {
        var scenario = context.Arguments.GetString(Scenario) ?? "";
        var endpoint = ConnectionTracingResourceBuilderExtensions.FindEndpoint(builder.Resource);
        if (endpoint is not { IsAllocated: true })
        {
            return CommandResults.Failure($"{builder.Resource.Name} has no address yet. Start it first.");
        }

        var address = new Uri(new Uri(endpoint.Url), $"/fault-lab/runs/{Uri.EscapeDataString(scenario)}");
        try
        {
            using var response = await Client.PostAsync(address, content: null, context.CancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                return CommandResults.Failure(await ConnectionTracingResourceBuilderExtensions.ExplainAsync(response, context.CancellationToken) ?? $"{address} answers with status {(int)response.StatusCode}.");
            }

            var run = await response.Content.ReadFromJsonAsync<Run>(context.CancellationToken) ?? throw new JsonException();
            return CommandResults.Success(Summarize(run), Describe(run, ConnectionTracingResourceBuilderExtensions.FindDashboard(builder.ApplicationBuilder)), CommandResultFormat.Markdown, displayImmediately: true);
        }
        catch (JsonException)
        {
            return CommandResults.Failure($"{address} answered, but not as the fault lab does.");
        }
        catch (HttpRequestException exception)
        {
            return CommandResults.Failure($"{builder.Resource.Name} cannot be reached at {address}: {exception.Message}");
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            return CommandResults.Failure($"{builder.Resource.Name} did not answer within {Timeout.TotalSeconds} s at {address}.");
        }
    }

    private static string Summarize(Run run)
    {
        var found = run.Findings.Count == 0 ? "no finding" : string.Join(", ", run.Findings.Select(finding => finding.Cause).Distinct());
        return $"{run.Scenario}: {found}, {(run.AsExpected ? "as expected" : $"expected was {run.ExpectedCause ?? "no finding"}")}.";
    }

    private static string Describe(Run run, EndpointReference? dashboard)
    {
        var path = $"/traces/detail/{run.TraceId}";
        return string.Join('\n',
        [
            $"**Expected cause**: {run.ExpectedCause ?? "none"}. Requests: {run.Sent}.",
            "",
            .. run.Findings.Select(finding => $"- **{finding.Cause}**: {finding.Summary} {finding.Evidence} {finding.Suggestion}"),
            "",
            $"**Trace**: {(dashboard is { IsAllocated: true } ? new Uri(new Uri(dashboard.Url), path) : path)}",
        ]);
    }

    /// <summary>The part of the answer that is shown.</summary>
    private sealed record Run(string Scenario, string TraceId, int Sent, string? ExpectedCause, bool AsExpected, IReadOnlyList<Finding> Findings);

    private sealed record Finding(string Cause, string Summary, string Evidence, string Suggestion);
}
