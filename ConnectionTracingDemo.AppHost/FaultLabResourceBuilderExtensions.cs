using static Aspire.Hosting.ConnectionTracingResourceBuilderExtensions;

namespace ConnectionTracingDemo.AppHost;

/// <summary>The fault lab of webfrontend in the Aspire dashboard and in the Aspire CLI.</summary>
public static class FaultLabResourceBuilderExtensions
{
    private const string Scenario = "scenario";

    /// <summary>The longest <c>FaultLab:TimeLimit</c>, and the time that starting servers and waiting for findings may take.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);

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
    /// <exception cref="DistributedApplicationException">The resource has no http or https endpoint.</exception>
    public static IResourceBuilder<T> WithFaultLab<T>(this IResourceBuilder<T> builder) where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!builder.ApplicationBuilder.ExecutionContext.IsRunMode)
        {
            return builder;
        }

        var endpoint = FindEndpoint(builder.Resource)
            ?? throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' has no http or https endpoint for the fault lab.");

        return builder.WithCommand("run-fault", "Run a fault", RunAsync, new CommandOptions
        {
            Description = "Runs a scenario of the fault lab and shows what the diagnosis finds.",
            IconName = "Beaker",
            UpdateState = WhileRunning,
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
                    // The service names its scenarios where it does not know one. Aspire names its options to the CLI only.
                    AllowCustomChoice = true,
                    Options = [.. Scenarios.Select(id => KeyValuePair.Create(id, id))],
                },
            ],
        });

        Task<ExecuteCommandResult> RunAsync(ExecuteCommandContext context) => PostAsync<Run>(
            context,
            endpoint,
            $"/fault-lab/runs/{Uri.EscapeDataString(context.Arguments.GetString(Scenario) ?? "")}",
            body: null,
            Timeout,
            (run, _) => CommandResults.Success(
                Summarize(run),
                Describe(run, FindDashboard(builder.ApplicationBuilder)),
                CommandResultFormat.Markdown,
                displayImmediately: true));
    }

    private static string Summarize(Run run)
    {
        var found = run.Findings.Count == 0 ? "no finding" : string.Join(", ", run.Findings.Select(finding => finding.Cause).Distinct());
        return $"{run.Scenario}: {found}, {(run.AsExpected ? "as expected" : $"but expected was {run.ExpectedCause ?? "no finding"}")}.";
    }

    private static string Describe(Run run, EndpointReference? dashboard)
    {
        var trace = $"/traces/detail/{run.TraceId}";
        return string.Join("\n\n",
        [
            $"{Summarize(run)} Requests: {run.Sent}.",
            .. run.Findings.Select(finding => $"**{finding.Cause}**: {finding.Summary} {finding.Evidence} {finding.Suggestion}"),
            $"Expected cause: {run.ExpectedCause ?? "none"}. Trace: {(dashboard is { IsAllocated: true } ? new Uri(new Uri(dashboard.Url), trace) : trace)}",
        ]);
    }

    /// <summary>The part of the answer that is shown.</summary>
    private sealed record Run(string Scenario, string TraceId, int Sent, string? ExpectedCause, bool AsExpected, IReadOnlyList<Finding> Findings);

    private sealed record Finding(string Cause, string Summary, string Evidence, string Suggestion);
}
