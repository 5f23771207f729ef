namespace ConnectionTracing.Runtime;

/// <summary>
/// The activity sources of System.Net, as listed in "Built-in activities in .NET",
/// https://learn.microsoft.com/dotnet/core/diagnostics/distributed-tracing-builtin-activities.
/// </summary>
internal static class NetworkActivitySources
{
    /// <summary>One span per HttpClient request, from sending it until the response headers are read.</summary>
    public const string Http = "System.Net.Http";

    /// <summary><c>HTTP wait_for_connection</c> and <c>HTTP connection_setup</c>.</summary>
    public const string HttpConnections = "Experimental.System.Net.Http.Connections";

    /// <summary><c>DNS lookup</c>.</summary>
    public const string NameResolution = "Experimental.System.Net.NameResolution";

    /// <summary><c>socket connect</c>.</summary>
    public const string Sockets = "Experimental.System.Net.Sockets";

    /// <summary><c>TLS client handshake</c> and <c>TLS server handshake</c>.</summary>
    public const string Security = "Experimental.System.Net.Security";

    /// <summary>The sources that say what a connection cost. .NET marks them experimental: names and attributes may change.</summary>
    public static readonly string[] Connections = [HttpConnections, NameResolution, Sockets, Security];
}
