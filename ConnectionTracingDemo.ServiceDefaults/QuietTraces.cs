using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Trace;

namespace ConnectionTracingDemo.ServiceDefaults;

/// <summary>Does not export spans of health checks, diagnostic endpoints and static assets, nor the root spans of Razor component routes.</summary>
internal static class QuietTraces
{
    /// <summary>The setting that exports them all: <c>true</c> or <c>false</c>, the default.</summary>
    public const string TraceEverything = "ServiceDefaults:TraceEverything";

    /// <summary>Leaves these spans out unless <see cref="TraceEverything"/> is true. Filters and callbacks of the application stay in force.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="isDiagnosticEndpoint">Whether a path belongs to an endpoint that is not to be traced.</param>
    /// <exception cref="InvalidOperationException">The setting is neither true nor false; the message names it.</exception>
    public static void LeaveOutNoise(this IHostApplicationBuilder builder, Func<PathString, bool> isDiagnosticEndpoint)
    {
        if (builder.Configuration.GetValue(TraceEverything, defaultValue: false))
        {
            return;
        }

        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(new RouteSpanFilter()));
        builder.Services.PostConfigure<AspNetCoreTraceInstrumentationOptions>(options =>
        {
            var (filter, enrich) = (options.Filter, options.EnrichWithHttpResponse);

            options.Filter = context => !isDiagnosticEndpoint(context.Request.Path) && filter?.Invoke(context) != false;

            // Routing decides whether a path is a static asset. By then the span has been started.
            options.EnrichWithHttpResponse = (activity, response) =>
            {
                if (response.HttpContext.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null)
                {
                    Drop(activity);
                }
                else
                {
                    enrich?.Invoke(activity, response);
                }
            };
        });
    }

    private static void Drop(Activity activity)
    {
        activity.IsAllDataRequested = false;
        activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }

    /// <summary>
    /// Drops <c>Route … -> …</c> spans without a parent. ASP.NET Core starts them as roots, beside the trace of the request whose page they
    /// route, and no other span is below them.
    /// </summary>
    private sealed class RouteSpanFilter : BaseProcessor<Activity>
    {
        private const string Navigate = "Microsoft.AspNetCore.Components.Navigate";

        public override void OnStart(Activity data)
        {
            if (data.OperationName == Navigate && data.ParentSpanId == default)
            {
                Drop(data);
            }
        }
    }
}
