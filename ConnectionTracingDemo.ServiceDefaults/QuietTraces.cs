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

/// <summary>Does not export spans of health checks and static assets, nor the empty traces of Razor components.</summary>
internal static class QuietTraces
{
    /// <summary>The setting that exports them all: <c>true</c> or <c>false</c>, the default.</summary>
    public const string TraceEverything = "ServiceDefaults:TraceEverything";

    /// <summary>Leaves these spans out unless <see cref="TraceEverything"/> is true. Filters and callbacks of the application stay in force.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="isHealthCheck">Whether a path belongs to a health check.</param>
    /// <exception cref="InvalidOperationException">The setting is neither true nor false; the message names it.</exception>
    public static void LeaveOutNoise(this IHostApplicationBuilder builder, Func<PathString, bool> isHealthCheck)
    {
        if (builder.Configuration.GetValue(TraceEverything, defaultValue: false))
        {
            return;
        }

        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(new ComponentSpanFilter()));
        builder.Services.PostConfigure<AspNetCoreTraceInstrumentationOptions>(options =>
        {
            var (filter, enrich) = (options.Filter, options.EnrichWithHttpResponse);

            options.Filter = context => !isHealthCheck(context.Request.Path) && filter?.Invoke(context) != false;

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
    /// Drops root spans of Razor components below which nothing happened. ASP.NET Core starts <c>Route … -> …</c> and <c>Event … -> …</c> in
    /// traces of their own: for a page that the server renders statically, they say nothing that the span of its request does not say. Where
    /// the handler of an event calls another service, in an interactive component, the root span stays. Only at its end is that known, so
    /// exporters have to be added after this processor.
    /// </summary>
    private sealed class ComponentSpanFilter : BaseProcessor<Activity>
    {
        private const string Navigate = "Microsoft.AspNetCore.Components.Navigate";
        private const string HandleEvent = "Microsoft.AspNetCore.Components.HandleEvent";

        private const string HasDescendants = "ServiceDefaults.HasDescendants";

        public override void OnStart(Activity data)
        {
            // Any ancestor: a library may start an activity in between that no provider is told about.
            for (var ancestor = data.Parent; ancestor is not null; ancestor = ancestor.Parent)
            {
                if (IsRootOfComponents(ancestor))
                {
                    ancestor.SetCustomProperty(HasDescendants, true);
                }
            }
        }

        public override void OnEnd(Activity data)
        {
            if (IsRootOfComponents(data) && data.Status != ActivityStatusCode.Error && data.GetCustomProperty(HasDescendants) is null)
            {
                Drop(data);
            }
        }

        private static bool IsRootOfComponents(Activity activity) => activity.ParentSpanId == default && activity.OperationName is Navigate or HandleEvent;
    }
}
