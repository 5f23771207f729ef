using ConnectionTracingDemo.Viewer.Correlation;

namespace ConnectionTracingDemo.Tests.Viewer;

/// <summary>Events as the runtime writes them, a millisecond apart or as told, and what the correlator makes of them.</summary>
internal sealed class Scene
{
    private static readonly DateTime Begin = new(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc);

    private readonly Correlator _correlator;

    public Scene(CorrelatorLimits? limits = null) => _correlator = new Correlator(Rows.Add, limits);

    public List<RequestRow> Rows { get; } = [];

    public Correlator Correlator => _correlator;

    public double Now { get; set; }

    public Scene After(double milliseconds)
    {
        Now += milliseconds;
        return this;
    }

    public Scene Add(NetworkEventKind kind, string? path, Func<NetworkEvent, NetworkEvent>? with = null)
    {
        var e = new NetworkEvent(kind, Begin.AddMilliseconds(Now++)) { Path = path };
        _correlator.Add(with is null ? e : with(e));
        return this;
    }

    public Scene Start(string? path, string host = "api") =>
        Add(NetworkEventKind.RequestStart, path, e => e with { Scheme = "https", Host = host, Port = 443, UrlPath = "/weather" });

    public Scene Method(string path, string method) => Add(NetworkEventKind.RequestMethod, path, e => e with { Method = method });

    /// <summary>DNS 10 ms, TCP 20 ms, TLS 30 ms, with paths as nested as those of the runtime.</summary>
    public Scene Setup(string path) => this
        .Add(NetworkEventKind.DnsStart, $"{path}1/").After(9).Add(NetworkEventKind.DnsStop, $"{path}1/")
        .Add(NetworkEventKind.ConnectStart, $"{path}1/1/").After(19).Add(NetworkEventKind.ConnectStop, $"{path}1/1/")
        .Add(NetworkEventKind.HandshakeStart, $"{path}2/").After(29).Add(NetworkEventKind.HandshakeStop, $"{path}2/");

    public Scene Established(string path, long? connection) =>
        Add(NetworkEventKind.ConnectionEstablished, path, e => e with { ConnectionId = connection, Host = "api", Port = 443, HttpVersion = "1.1", RemoteAddress = "10.0.0.1" });

    public Scene LeftQueue(string path, double milliseconds) => Add(NetworkEventKind.RequestLeftQueue, path, e => e with { QueueMs = milliseconds });

    public Scene SendOn(string path, long? connection) => this
        .Add(NetworkEventKind.RequestHeadersStart, $"{path}8/", e => e with { ConnectionId = connection })
        .Add(NetworkEventKind.RequestHeadersStop, $"{path}8/");

    public Scene Answer(string path, int status = 200) => Add(NetworkEventKind.ResponseHeadersStop, $"{path}9/", e => e with { StatusCode = status });

    public Scene Stop(string path, int status = 200) => Add(NetworkEventKind.RequestStop, path, e => e with { StatusCode = status });
}
