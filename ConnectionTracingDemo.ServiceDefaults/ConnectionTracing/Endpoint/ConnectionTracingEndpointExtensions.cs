using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using ConnectionTracing;
using ConnectionTracing.Endpoint;
using ConnectionTracing.Page;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace Microsoft.AspNetCore.Builder;

/// <summary>The endpoint that shows connection tracing and switches it.</summary>
public static class ConnectionTracingEndpointExtensions
{
    /// <summary>
    /// Maps <c>/connection-tracing</c>. In a browser: a page that shows requests, connections and findings as they happen. Else GET: state, and the
    /// most recent requests, connections and findings, as JSON. GET <c>/connection-tracing/events</c>: the same as they happen, as server-sent
    /// events. GET <c>/connection-tracing/requests.har</c>: all requests that are remembered, as a HAR file.
    /// POST <c>{"enabled": true, "for": "00:05:00"}</c>: on, for five minutes; without <c>for</c> as long as option CaptureFor says;
    /// <c>{"enabled": false}</c>: off.
    /// It shows scheme, host, port and path of the requests that the application sends, and trace ids; never queries, user info, headers or
    /// bodies. It also changes what the application does: outside of Development say who may use it,
    /// for example with <c>RequireAuthorization()</c> on the result.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="pattern">Where to map it; default: <c>/connection-tracing</c>.</param>
    /// <returns>A builder for all of these.</returns>
    /// <exception cref="InvalidOperationException">AddConnectionTracing has not been called.</exception>
    public static IEndpointConventionBuilder MapConnectionTracing(this IEndpointRouteBuilder endpoints, string pattern = "/connection-tracing")
    {
        ArgumentNullException.ThrowIfNull(endpoints);

        var monitor = endpoints.ServiceProvider.GetService<IConnectionTracingMonitor>()
            ?? throw new InvalidOperationException("MapConnectionTracing needs connection tracing: call builder.AddConnectionTracing(), or AddServiceDefaults() where that calls it, first.");
        var guard = ActivatorUtilities.CreateInstance<SiteGuard>(endpoints.ServiceProvider);
        var stream = ActivatorUtilities.CreateInstance<EventStream>(endpoints.ServiceProvider);
        var services = ActivatorUtilities.CreateInstance<PageServices>(endpoints.ServiceProvider, monitor);
        var page = ActivatorUtilities.CreateInstance<PageEndpoints>(endpoints.ServiceProvider, services, stream);
        var har = ActivatorUtilities.CreateInstance<HarDownload>(endpoints.ServiceProvider, services, monitor);

        var group = endpoints.MapGroup(pattern);
        Map(HttpMethods.Get, "", context => PageEndpoints.IsWanted(context.Request) ? page.ShowAsync(context) : ShowAsync(context, monitor));
        Map(HttpMethods.Post, "", context => SwitchAsync(context, monitor));
        // Open for hours: nothing for a histogram of request durations.
        Map(HttpMethods.Get, "/events", context => WatchAsync(context, monitor, stream)).DisableHttpMetrics();
        Map(HttpMethods.Get, "/page/events", page.WatchAsync).DisableHttpMetrics();
        Map(HttpMethods.Get, "/page/{file}", PageEndpoints.SendAssetAsync);
        Map(HttpMethods.Post, "/page/services/{name}", context => page.SwitchAsync(context, own => SwitchAsync(own, monitor)));
        Map(HttpMethods.Get, "/requests.har", har.WriteAsync);
        return group.ExcludeFromDescription();

        IEndpointConventionBuilder Map(string method, string path, RequestDelegate handle) => group.MapMethods(path, [method], context =>
        {
            DoNotTrace(context);
            return guard.Refuse(context.Request) is { } problem ? problem.WriteAsync(context.Response) : handle(context);
        });
    }

    /// <summary>Reading the traces of a service is not what it is traced for; and the span of a stream would last as long as its reader.</summary>
    private static void DoNotTrace(HttpContext context)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is { } activity)
        {
            activity.IsAllDataRequested = false;
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }

    private static Task ShowAsync(HttpContext context, IConnectionTracingMonitor monitor)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        return context.Response.WriteAsJsonAsync(monitor.GetReport(), EndpointJson.Default.ConnectionTracingReport);
    }

    private static Task WatchAsync(HttpContext context, IConnectionTracingMonitor monitor, EventStream stream)
    {
        // An id that is no number is not one of ours: from the start.
        long? after = long.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
        return stream.WriteAsync(
            context,
            end => monitor.WatchAsync(after, end).Select(update => (update.Position.ToString(CultureInfo.InvariantCulture), update)),
            EndpointJson.Default.ConnectionTracingUpdate);
    }

    private static async Task SwitchAsync(HttpContext context, IConnectionTracingMonitor monitor)
    {
        // JSON only: a browser does not send that across sites without asking first.
        var (command, problem) = await SwitchCommand.ReadAsync(context.Request);

        if (command is null)
        {
            await EndpointProblem.NotACommand(problem!).WriteAsync(context.Response);
            return;
        }

        if (command.Enabled)
        {
            monitor.TurnOn(command.For);
        }
        else
        {
            monitor.TurnOff();
        }

        await ShowAsync(context, monitor);
    }
}
