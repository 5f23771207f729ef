using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace ConnectionTracingDemo.Web;

/// <summary>The Network page's services and endpoints; the page itself is Network.razor.</summary>
internal static class NetworkPageExtensions
{
    public const string Path = "/network";
    public const string EventsPath = $"{Path}/events";
    public const string SwitchPath = $"{Path}/tracing";

    /// <summary>Adds the page, with the requests of this process.</summary>
    public static IServiceCollection AddNetworkPage(this IServiceCollection services, string service)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<NetworkRelay>();
        return services.AddSingleton<IRequestSource>(provider => new LocalRequestSource(service, provider));
    }

    /// <summary>Adds another service, which maps <c>/connection-tracing</c>. Its name is resolved by service discovery.</summary>
    public static IServiceCollection AddRequestSource(this IServiceCollection services, string service)
    {
        services.AddHttpClient(RemoteRequestSource.ClientPrefix + service, client =>
            {
                client.BaseAddress = new Uri($"https+http://{service}");
                // The source has time limits of its own, and its stream none.
                client.Timeout = Timeout.InfiniteTimeSpan;
            })
            // Without the standard resilience handler: the page says at once that a service is down, and asks again by itself.
            // And clients of the same server share a circuit breaker: this one must not open it for the application's own requests.
            .ConfigureAdditionalHttpMessageHandlers((handlers, _) => handlers.Clear())
            // Once a second while the service is down. The page says so.
            .RemoveAllLoggers()
            .AddServiceDiscovery();

        return services.AddSingleton<IRequestSource>(provider => new RemoteRequestSource(service, provider.GetRequiredService<IHttpClientFactory>(), provider.GetRequiredService<TimeProvider>()));
    }

    /// <summary>Maps what the page needs, in Development only: it shows addresses and changes what the services do.</summary>
    public static void MapNetworkPage(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
        {
            return;
        }

        // Open for hours: nothing for a histogram of request durations.
        app.MapGet(EventsPath, WatchAsync).DisableHttpMetrics();
        app.MapPost(SwitchPath, SwitchAsync);
    }

    private static async Task<IResult> WatchAsync(HttpContext context, NetworkRelay relay, IHostApplicationLifetime lifetime, string? after)
    {
        if (relay.TryEnter() is not { } place)
        {
            return TypedResults.Problem($"{NetworkRelay.MaxBrowsers} browsers look at the Network page already. Close one.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        context.Response.RegisterForDispose(place);

        // Not to be sampled: a trace of hours, and below it the requests for the other services' streams.
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is { } activity)
        {
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            activity.IsAllDataRequested = false;
        }

        // A stop of the host does not wait for a browser that does not read.
        context.Response.RegisterForDispose(lifetime.ApplicationStopping.Register(context.Abort));

        var lastSeen = context.Request.Headers["Last-Event-ID"].ToString();
        return TypedResults.ServerSentEvents(relay.WatchAsync(NetworkPositions.Parse(lastSeen.Length > 0 ? lastSeen : after), context.RequestAborted));
    }

    private static async Task<IResult> SwitchAsync(HttpContext context, IEnumerable<IRequestSource> sources, [FromForm] string service, [FromForm] bool brief)
    {
        if (sources.FirstOrDefault(source => source.Service == service) is not { } source)
        {
            return TypedResults.Problem($"There is no service '{ShownText.Clean(service, 100)}'.", statusCode: StatusCodes.Status400BadRequest);
        }

        try
        {
            await source.TurnOnAsync(brief ? TimeSpan.FromMinutes(5) : null, context.RequestAborted);
        }
        catch (RequestSourceException exception)
        {
            // The page says why, as far as that lasts.
            context.RequestServices.GetRequiredService<ILogger<NetworkRelay>>().LogWarning(exception, "Connection tracing of {Service} could not be switched on.", service);
            return TypedResults.LocalRedirect($"{Path}?refused={WebUtility.UrlEncode(service)}");
        }

        return TypedResults.LocalRedirect(Path);
    }
}
