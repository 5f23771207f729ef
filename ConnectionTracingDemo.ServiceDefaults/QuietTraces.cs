using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Instrumentation.AspNetCore;

namespace ConnectionTracingDemo.ServiceDefaults;

/// <summary>
/// Leaves spans out of the traces that tell nothing about the work of a service: of its health checks and diagnostic endpoints, of static
/// assets, and of the routing of Razor components, which are roots of their own.
/// </summary>
internal static class QuietTraces
{
    /// <summary>The setting that keeps them all: <c>true</c> or <c>false</c>, the default.</summary>
    public const string TraceEverything = "ServiceDefaults:TraceEverything";

    /// <summary>Sets the options unless <see cref="TraceEverything"/> is true.</summary>
    /// <param name="options">The options of OpenTelemetry.Instrumentation.AspNetCore.</param>
    /// <param name="configuration">The configuration of the application.</param>
    /// <param name="isDiagnosticEndpoint">Whether a path belongs to an endpoint that is not to be traced.</param>
    /// <exception cref="InvalidOperationException">The setting is neither true nor false; the message names it.</exception>
    public static void LeaveOutNoise(this AspNetCoreTraceInstrumentationOptions options, IConfiguration configuration, Func<PathString, bool> isDiagnosticEndpoint)
    {
        if (configuration.GetValue(TraceEverything, defaultValue: false))
        {
            return;
        }

        options.EnableRazorComponentsSupport = false;
        options.Filter = context => !isDiagnosticEndpoint(context.Request.Path);

        // Whether a path is a static asset is known only after routing: the span has been started, and is dropped before it is exported.
        options.EnrichWithHttpResponse = (activity, response) =>
        {
            if (response.HttpContext.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null)
            {
                activity.IsAllDataRequested = false;
                activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            }
        };
    }
}
