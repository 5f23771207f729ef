namespace ConnectionTracing.Runtime;

/// <summary>
/// The operation names of the activities of System.Net, as listed in "Built-in activities in .NET",
/// https://learn.microsoft.com/dotnet/core/diagnostics/distributed-tracing-builtin-activities.
/// </summary>
internal static class NetworkActivities
{
    /// <summary>A request is sent and answered.</summary>
    public const string HttpRequestOut = "System.Net.Http.HttpRequestOut";

    /// <summary>A request waits in the queue of its connection pool; child of the request.</summary>
    public const string WaitForConnection = "Experimental.System.Net.Http.Connections.WaitForConnection";

    /// <summary>A connection is opened; a root with a trace id of its own.</summary>
    public const string ConnectionSetup = "Experimental.System.Net.Http.Connections.ConnectionSetup";

    /// <summary>Child of the setup it is part of.</summary>
    public const string DnsLookup = "Experimental.System.Net.NameResolution.DnsLookup";

    /// <summary>Child of the setup it is part of.</summary>
    public const string SocketConnect = "Experimental.System.Net.Sockets.Connect";

    /// <summary>Child of the setup it is part of.</summary>
    public const string TlsHandshake = "Experimental.System.Net.Security.TlsHandshake";

    /// <summary>The pool that an <c>HTTP wait_for_connection</c> is in the queue of, <c>host:port</c>. It has no attribute for it; its name ends with it.</summary>
    public static string PoolOf(string waitName) => waitName[(waitName.LastIndexOf(' ') + 1)..];
}
