using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

/// <summary>
/// Connection tracing of a service in the Aspire dashboard and in the Aspire CLI. To use it, copy this file into your AppHost project.
/// </summary>
public static class ConnectionTracingResourceBuilderExtensions
{
    private const string PageSection = "ConnectionTracing__Page__";
    private const string DefaultPath = "/connection-tracing";

    private static readonly TimeSpan SwitchTimeout = TimeSpan.FromSeconds(10);

    // Without traceparent headers: the trace of a command is not recorded, so what a service does in it would not be either.
    private static readonly HttpClient Client = new(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { Timeout = Timeout.InfiniteTimeSpan };

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
    /// <param name="path">The pattern that the service passes to <c>MapConnectionTracing</c>. Default: <c>/connection-tracing</c>.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> does not start with a slash.</exception>
    /// <exception cref="DistributedApplicationException">The resource has no http or https endpoint, or has connection tracing already.</exception>
    public static IResourceBuilder<T> WithConnectionTracing<T>(this IResourceBuilder<T> builder, string path = DefaultPath)
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
            .WithAnnotation(new ConnectionTracingAnnotation(endpoint, path))
            .WithUrls(context => context.Urls.Add(new ResourceUrlAnnotation { Url = path, DisplayText = "Network", Endpoint = endpoint }))
            .WithEnvironment(context => SetPage(builder.ApplicationBuilder, context.EnvironmentVariables))
            .WithCommand("trace-connections", "Trace connections for 5 minutes", context => SwitchAsync(context, endpoint, path, new { enabled = true, @for = "00:05:00" }), new CommandOptions
            {
                Description = "Switches connection tracing on. After five minutes it switches itself off, also where it was on before.",
                IconName = "PlugConnected",
                UpdateState = WhileRunning,
            })
            .WithCommand("stop-tracing-connections", "Stop tracing connections", context => SwitchAsync(context, endpoint, path, new { enabled = false }), new CommandOptions
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
        IsRunning(context.ResourceSnapshot) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    /// <summary>Sends a command to the service.</summary>
    /// <param name="context">The command.</param>
    /// <param name="endpoint">The endpoint of the service.</param>
    /// <param name="path">The path there.</param>
    /// <param name="body">What to send, as JSON.</param>
    /// <param name="timeout">How long the answer may take.</param>
    /// <param name="describe">Makes the result of the service's answer.</param>
    internal static async Task<ExecuteCommandResult> PostAsync<TAnswer>(
        ExecuteCommandContext context, EndpointReference endpoint, string path, object? body, TimeSpan timeout, Func<TAnswer, Uri, ExecuteCommandResult> describe)
    {
        var name = endpoint.Resource.Name;
        // The Aspire CLI and agents execute commands that are disabled, too, and the proxy of a stopped resource accepts connections.
        if (!endpoint.IsAllocated
            || !context.Services.GetRequiredService<ResourceNotificationService>().TryGetCurrentState(context.ResourceName, out var current)
            || !IsRunning(current.Snapshot))
        {
            return CommandResults.Failure($"{name} is not running. Start it, or wait until it has started.");
        }

        var address = new Uri(new Uri(endpoint.Url), path);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        cancellation.CancelAfter(timeout);
        try
        {
            using var response = await Client.PostAsJsonAsync(address, body, cancellation.Token);
            return response.IsSuccessStatusCode
                ? describe(await response.Content.ReadFromJsonAsync<TAnswer>(cancellation.Token) ?? throw new JsonException("null"), address)
                : CommandResults.Failure(await ExplainAsync(response, cancellation.Token)
                    ?? $"{name} answers with status {(int)response.StatusCode} at {address}. Does it map this path?");
        }
        catch (JsonException)
        {
            return CommandResults.Failure($"{name} answers at {address}, but not as expected. Does it map something else there?");
        }
        catch (HttpRequestException exception)
        {
            return CommandResults.Failure($"{name} cannot be reached at {address}: {exception.Message}");
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            return CommandResults.Failure($"{name} did not answer within {timeout.TotalSeconds} s at {address}.");
        }
    }

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
                variables[$"{PageSection}Services__{resource.Name}"] = tracing.Path == DefaultPath ? tracing.Endpoint : ReferenceExpression.Create($"{tracing.Endpoint}{tracing.Path}");
            }
        }
    }

    private static bool IsRunning(CustomResourceSnapshot resource) => resource.State?.Text == KnownResourceStates.Running;

    private static Task<ExecuteCommandResult> SwitchAsync(ExecuteCommandContext context, EndpointReference endpoint, string path, object command) =>
        PostAsync<TracingState>(context, endpoint, path, command, SwitchTimeout, (state, address) => Describe(endpoint.Resource, address, state));

    /// <summary>The message is for the dashboard; the Aspire CLI and agents get the JSON only.</summary>
    private static ExecuteCommandResult Describe(IResource resource, Uri address, TracingState state)
    {
        var replicas = resource.GetReplicaCount();
        var where = replicas > 1 ? $"one of the {replicas} replicas of {resource.Name}" : resource.Name;
        var until = state.Until is { } end ? string.Create(CultureInfo.InvariantCulture, $" until {end.ToLocalTime():HH:mm:ss}") : "";
        return CommandResults.Success(
            $"Connection tracing is {(state.Enabled ? "on" : "off")} in {where}{until}.",
            JsonSerializer.Serialize(new { service = resource.Name, replicas, enabled = state.Enabled, until = state.Until, report = address }),
            CommandResultFormat.Json);
    }

    /// <summary>The reason that a service gives, https://www.rfc-editor.org/rfc/rfc9457; null where it gives none.</summary>
    private static async Task<string?> ExplainAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? (await response.Content.ReadFromJsonAsync<Problem>(cancellationToken))?.Detail
            : null;

    private sealed record ConnectionTracingAnnotation(EndpointReference Endpoint, string Path) : IResourceAnnotation;

    private sealed record TracingState(bool Enabled, DateTimeOffset? Until);

    private sealed record Problem(string? Detail);
}
