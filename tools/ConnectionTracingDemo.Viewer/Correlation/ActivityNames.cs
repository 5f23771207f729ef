namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>Operation names, https://learn.microsoft.com/dotnet/core/diagnostics/distributed-tracing-builtin-activities.</summary>
internal static class ActivityNames
{
    public const string Request = "System.Net.Http.HttpRequestOut";
    public const string WaitForConnection = "Experimental.System.Net.Http.Connections.WaitForConnection";
    public const string ConnectionSetup = "Experimental.System.Net.Http.Connections.ConnectionSetup";
    public const string DnsLookup = "Experimental.System.Net.NameResolution.DnsLookup";
    public const string SocketConnect = "Experimental.System.Net.Sockets.Connect";
    public const string TlsHandshake = "Experimental.System.Net.Security.TlsHandshake";
}
