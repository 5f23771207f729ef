using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>Connection tracing: where the time of opening an HTTP connection goes.</summary>
public static class ConnectionTracingExtensions
{
    /// <summary>
    /// Collects the spans <c>HTTP wait_for_connection</c>, <c>HTTP connection_setup</c>, <c>DNS lookup</c>, <c>socket connect</c> and
    /// <c>TLS handshake</c>, and links each request to the connection that served it.
    /// </summary>
    /// <returns><paramref name="tracing"/>, to chain calls.</returns>
    public static TracerProviderBuilder AddConnectionTracing(this TracerProviderBuilder tracing) =>
        tracing.AddSource(NetworkActivitySources.Connections);
}
