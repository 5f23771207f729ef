using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;

namespace ConnectionTracingDemo.Stress;

/// <summary>The clients that operations share.</summary>
internal sealed class Clients : IDisposable
{
    /// <summary>Short, so that connections come and go.</summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(5);

    private readonly Dictionary<Transport, HttpClient> _calm = EachTransport(_ => { });
    private readonly Dictionary<Transport, HttpClient> _rough = EachTransport(handler => handler.EnableMultipleHttp2Connections = true);
    private readonly Dictionary<Transport, HttpClient> _limited = EachTransport(handler => handler.MaxConnectionsPerServer = 3);
    private readonly Dictionary<Transport, HttpClient> _unpropagated = EachTransport(handler => handler.ActivityHeadersPropagator = null);

    private readonly TunnelProxy _proxy = new();
    private readonly Dictionary<Transport, HttpClient> _proxied;
    private readonly Dictionary<Transport, HttpClient> _nesting =
        Enum.GetValues<Transport>().ToDictionary(transport => transport, _ => NewClient(new NestingHandler(NewHandler())));

    public Clients() => _proxied = EachTransport(handler => handler.Proxy = new WebProxy(_proxy.Address));

    public HttpClient Calm(Transport transport) => _calm[transport];

    public HttpClient Rough(Transport transport) => _rough[transport];

    /// <summary>With fewer connections, or streams, than a burst has requests.</summary>
    public HttpClient Limited(Transport transport) => _limited[transport];

    /// <summary>Its requests have no activity, though its connections have.</summary>
    public HttpClient Unpropagated(Transport transport) => _unpropagated[transport];

    /// <summary>Calls what <see cref="NestingHandler.Call"/> of a request says, before it and after it.</summary>
    public HttpClient Nesting(Transport transport) => _nesting[transport];

    /// <summary>Goes through a proxy, where there is TLS in a tunnel.</summary>
    public HttpClient Proxied(Transport transport) => _proxied[transport];

    public static SocketsHttpHandler NewHandler() => new()
    {
        PooledConnectionIdleTimeout = IdleTimeout,
        PooledConnectionLifetime = TimeSpan.FromSeconds(20),
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == Servers.CertificateSubject },
    };

    public static HttpClient NewClient(HttpMessageHandler handler) => new(handler) { Timeout = TimeSpan.FromMinutes(1) };

    public void Dispose()
    {
        foreach (var client in (IEnumerable<HttpClient>)[.. _calm.Values, .. _rough.Values, .. _limited.Values, .. _unpropagated.Values, .. _nesting.Values, .. _proxied.Values])
        {
            client.Dispose();
        }

        _proxy.Dispose();
    }

    private static Dictionary<Transport, HttpClient> EachTransport(Action<SocketsHttpHandler> configure) =>
        Enum.GetValues<Transport>().ToDictionary(transport => transport, _ =>
        {
            var handler = NewHandler();
            configure(handler);
            return NewClient(handler);
        });
}

internal sealed class NestingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    public static readonly HttpRequestOptionsKey<Func<Task>> Call = new("call");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = request.Options.TryGetValue(Call, out var set) ? set : throw new InvalidOperationException("There is nothing to call.");
        await call();
        var response = await base.SendAsync(request, cancellationToken);
        await call();
        return response;
    }
}

/// <summary>
/// The handler of a client that serves one operation, with a meter that goes with it: in the shared one, .NET 11 keeps two instruments of
/// each handler, some 900 bytes, also when it is disposed.
/// </summary>
internal sealed class ShortLivedHandler : DelegatingHandler
{
    private readonly OwnMeter _meter = new();

    public ShortLivedHandler()
    {
        var handler = Clients.NewHandler();
        handler.MeterFactory = _meter;
        InnerHandler = handler;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _meter.Dispose();
    }

    private sealed class OwnMeter : IMeterFactory
    {
        private Meter? _meter;

        public Meter Create(MeterOptions options)
        {
            options.Scope = this;
            return _meter ??= new Meter(options);
        }

        public void Dispose() => _meter?.Dispose();
    }
}
