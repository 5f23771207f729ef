using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Control;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>The endpoint that shows connection tracing and switches it.</summary>
public static class ConnectionTracingEndpointExtensions
{
    /// <summary>
    /// Maps <c>/connection-tracing</c>. GET: state, and the most recent requests, connections and findings, as JSON.
    /// GET <c>/connection-tracing/events</c>: the same as they happen, as server-sent events. POST <c>{"enabled": true, "for": "00:05:00"}</c>:
    /// on, for five minutes; without <c>for</c> as long as option CaptureFor says; <c>{"enabled": false}</c>: off.
    /// It shows host names and trace ids and changes what the application does: outside Development say who may use it,
    /// for example with <c>RequireAuthorization()</c> on the result.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="pattern">Where to map it; default: <c>/connection-tracing</c>.</param>
    /// <returns>A builder for all three.</returns>
    /// <exception cref="InvalidOperationException">AddConnectionTracing has not been called.</exception>
    public static IEndpointConventionBuilder MapConnectionTracing(this IEndpointRouteBuilder endpoints, string pattern = "/connection-tracing")
    {
        var monitor = endpoints.ServiceProvider.GetService<IConnectionTracingMonitor>()
            ?? throw new InvalidOperationException("MapConnectionTracing needs connection tracing: call builder.AddServiceDefaults() or builder.AddConnectionTracing() first.");

        var group = endpoints.MapGroup(pattern);
        group.MapGet("", context => ShowAsync(context, monitor));
        group.MapPost("", context => SwitchAsync(context, monitor));
        // Open for hours: nothing for a histogram of request durations.
        group.MapGet("/events", context => EventStream.WriteAsync(context, monitor)).DisableHttpMetrics();
        return group.ExcludeFromDescription();
    }

    private static Task ShowAsync(HttpContext context, IConnectionTracingMonitor monitor)
    {
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(monitor.GetReport());
    }

    private static async Task SwitchAsync(HttpContext context, IConnectionTracingMonitor monitor)
    {
        // JSON only: a browser does not send that across sites without asking first.
        var (command, problem) = await SwitchCommand.ReadAsync(context.Request);

        if (command is null)
        {
            await Results.Problem(problem, statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(context);
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
