using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Aspire.Hosting;

/// <summary>
/// Connection tracing of a service in the Aspire dashboard and in the Aspire CLI. To use it, copy this file into your AppHost project.
/// </summary>
public static class ConnectionTracingResourceBuilderExtensions
{
    private const string PageSection = "ConnectionTracing__Page__";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private static readonly HttpClient Client = new() { Timeout = Timeout };

    /// <summary>
    /// Adds to a service that calls <c>MapConnectionTracing</c>, while the AppHost runs:
    /// <list type="bullet">
    /// <item>the address <c>Network</c> on the Resources page, which opens the page of connection tracing;</item>
    /// <item>the command <c>trace-connections</c>, which switches connection tracing on for five minutes, and <c>stop-tracing-connections</c>,
    /// which switches it off. Both are enabled while the service runs;</item>
    /// <item>the settings <c>ConnectionTracing:Page:DashboardUrl</c>, for links to traces, and <c>ConnectionTracing:Page:Services</c>: the
    /// addresses of all resources that have connection tracing, so that the page of each shows the requests of all.</item>
    /// </list>
    /// Nothing of this is published. With several replicas, the proxy of Aspire decides for each connection which of them the page and the
    /// commands reach.
    /// </summary>
    /// <typeparam name="T">The type of the resource.</typeparam>
    /// <param name="builder">The service, such as the result of <c>AddProject</c>. Add its endpoints before this call.</param>
    /// <param name="path">The pattern that the service passes to <c>MapConnectionTracing</c>, the same for all services. Default: <c>/connection-tracing</c>.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> does not start with a slash.</exception>
    /// <exception cref="DistributedApplicationException">The resource has no http or https endpoint, or has connection tracing already.</exception>
    public static IResourceBuilder<T> WithConnectionTracing<T>(this IResourceBuilder<T> builder, string path = "/connection-tracing")
        where T : IResourceWithEndpoints, IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(path);
        if (!path.StartsWith('/'))
        {
            throw new ArgumentException($"The path is '{path}', but has to start with a slash, such as '/connection-tracing'.", nameof(path));
        }

        if (!builder.ApplicationBuilder.ExecutionContext.IsRunMode)
        {
            return builder;
        }

        var name = builder.Resource.Name;
        if (builder.Resource.Annotations.OfType<ConnectionTracingAnnotation>().Any())
        {
            throw new DistributedApplicationException($"Resource '{name}' has connection tracing already: call WithConnectionTracing once.");
        }

        var endpoint = FindEndpoint(builder.Resource)
            ?? throw new DistributedApplicationException($"Resource '{name}' has no http or https endpoint for connection tracing: call WithHttpEndpoint or WithHttpsEndpoint before WithConnectionTracing.");

        return builder
            .WithAnnotation(new ConnectionTracingAnnotation(endpoint))
            .WithUrls(context => context.Urls.Add(new ResourceUrlAnnotation { Url = path, DisplayText = "Network", Endpoint = endpoint }))
            .WithEnvironment(context => SetPage(builder.ApplicationBuilder, context.EnvironmentVariables))
            .WithCommand("trace-connections", "Trace connections for 5 minutes", context => SwitchAsync(builder.Resource, endpoint, path, new { enabled = true, @for = "00:05:00" }, context.CancellationToken), new CommandOptions
            {
                Description = "Switches connection tracing on. After five minutes it switches itself off, also where it was on before.",
                IconName = "PlugConnected",
                UpdateState = WhileRunning,
            })
            .WithCommand("stop-tracing-connections", "Stop tracing connections", context => SwitchAsync(builder.Resource, endpoint, path, new { enabled = false }, context.CancellationToken), new CommandOptions
            {
                Description = "Switches connection tracing off until it is switched on again, or the service starts again.",
                ConfirmationMessage = $"Stop tracing connections of {name}? Connections that it opens while tracing is off stay unknown, also after you switch tracing on again.",
                IconName = "PlugDisconnected",
                UpdateState = WhileRunning,
            });
    }

    /// <summary>Where the pages of the Aspire dashboard are; null where there is no dashboard.</summary>
    // ASPNETCORE_URLS of the AppHost is not always that address: `aspire start --isolated` and tests give the dashboard a port of its own.
    internal static EndpointReference? FindDashboard(IDistributedApplicationBuilder builder) =>
        // Aspire adds the dashboard to the model when the application starts.
        builder.Resources.OfType<IResourceWithEndpoints>().FirstOrDefault(resource => resource.Name == "aspire-dashboard") is { } dashboard ? FindEndpoint(dashboard) : null;

    /// <summary>A command is enabled while its resource runs, healthy or not.</summary>
    internal static ResourceCommandState WhileRunning(UpdateCommandStateContext context) =>
        context.ResourceSnapshot.State?.Text == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    /// <summary>The endpoint of the site: https where there is one, else http. Null where there is neither.</summary>
    // Another name, such as management, comes last: it may serve something else.
    internal static EndpointReference? FindEndpoint(IResourceWithEndpoints resource) => resource.GetEndpoints()
        .Where(endpoint => endpoint.Scheme is "https" or "http")
        .OrderBy(endpoint => endpoint.EndpointName switch { "https" => 0, "http" => 1, _ => 2 })
        .ThenBy(endpoint => endpoint.Scheme == "https" ? 0 : 1)
        .FirstOrDefault();

    private static void SetPage(IDistributedApplicationBuilder builder, Dictionary<string, object> variables)
    {
        if (FindDashboard(builder) is { } dashboard)
        {
            variables[$"{PageSection}DashboardUrl"] = dashboard;
        }

        foreach (var resource in builder.Resources)
        {
            if (resource.Annotations.OfType<ConnectionTracingAnnotation>().FirstOrDefault() is { } tracing)
            {
                variables[$"{PageSection}Services__{resource.Name}"] = tracing.Endpoint;
            }
        }
    }

    private static async Task<ExecuteCommandResult> SwitchAsync(IResource resource, EndpointReference endpoint, string path, object command, CancellationToken cancellationToken)
    {
        if (!endpoint.IsAllocated)
        {
            return CommandResults.Failure($"{resource.Name} has no address yet. Start it first.");
        }

        var address = new Uri(new Uri(endpoint.Url), path);
        try
        {
            using var response = await Client.PostAsJsonAsync(address, command, cancellationToken);
            return response.IsSuccessStatusCode
                ? Describe(resource, address, await response.Content.ReadFromJsonAsync<TracingState>(cancellationToken) ?? throw new JsonException())
                : CommandResults.Failure(await ExplainAsync(response, cancellationToken)
                    ?? $"{resource.Name} answers with status {(int)response.StatusCode} at {address}. Does it call MapConnectionTracing with this pattern?");
        }
        catch (JsonException)
        {
            return CommandResults.Failure($"{address} answered, but not as connection tracing does. Does {resource.Name} map it under another pattern?");
        }
        catch (HttpRequestException exception)
        {
            return CommandResults.Failure($"{resource.Name} cannot be reached at {address}: {exception.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return CommandResults.Failure($"{resource.Name} did not answer within {Timeout.TotalSeconds} s at {address}.");
        }
    }

    private static ExecuteCommandResult Describe(IResource resource, Uri address, TracingState state)
    {
        var where = resource.GetReplicaCount() is > 1 and var replicas ? $"one of the {replicas} replicas of {resource.Name}" : resource.Name;
        var until = state.Until is { } end ? string.Create(CultureInfo.InvariantCulture, $" until {end.ToLocalTime():HH:mm:ss}") : "";
        return CommandResults.Success($"Connection tracing is {(state.Enabled ? "on" : "off")} in {where}{until}: {address}");
    }

    /// <summary>The reason that a service gives, https://www.rfc-editor.org/rfc/rfc9457; null where it gives none.</summary>
    internal static async Task<string?> ExplainAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? (await response.Content.ReadFromJsonAsync<Problem>(cancellationToken))?.Detail
            : null;

    private sealed record ConnectionTracingAnnotation(EndpointReference Endpoint) : IResourceAnnotation;

    private sealed record TracingState(bool Enabled, DateTimeOffset? Until);

    private sealed record Problem(string? Detail);
}
