namespace ConnectionTracingDemo.Stress;

internal enum Transport
{
    Http1,
    Http1Tls,
    Http2,
}

internal static class TransportExtensions
{
    public static string Scheme(this Transport transport) => transport == Transport.Http1 ? "http" : "https";

    public static Version Version(this Transport transport) => transport == Transport.Http2 ? System.Net.HttpVersion.Version20 : System.Net.HttpVersion.Version11;
}
