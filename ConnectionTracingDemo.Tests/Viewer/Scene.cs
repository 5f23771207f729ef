extern alias viewer;

using viewer::ConnectionTracing.Model;
using viewer::ConnectionTracingDemo.Viewer.Correlation;

namespace ConnectionTracingDemo.Tests.Viewer;

/// <summary>Events as the runtime writes them, a millisecond apart or as told, and what the correlator makes of them.</summary>
internal sealed class Scene
{
    private static readonly DateTime Beginning = new(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc);

    public Scene(CorrelatorLimits? limits = null) => Correlator = new EventCorrelator(Rows.Add, limits ?? new());

    public List<RequestRow> Rows { get; } = [];

    public EventCorrelator Correlator { get; }

    public double Now { get; set; }

    public Scene After(double milliseconds)
    {
        Now += milliseconds;
        return this;
    }

    public Scene Add(NetworkEventKind kind, string? path, Func<NetworkEvent, NetworkEvent>? with = null)
    {
        var e = new NetworkEvent(kind, Beginning.AddMilliseconds(Now++)) { Path = path };
        Correlator.Add(with is null ? e : with(e));
        return this;
    }

    public Scene Start(string? path, string host = "api") =>
        Add(NetworkEventKind.RequestStart, path, e => e with { Scheme = "https", Host = host, Port = 443, UrlPath = "/weather" });

    public Scene Method(string path, string method) => Add(NetworkEventKind.RequestMethod, path, e => e with { Method = method });

    /// <summary>DNS 10 ms, TCP 20 ms, TLS 30 ms, with paths as nested as those of the runtime.</summary>
    public Scene Setup(string path) => this
        .Begin(SetupPhaseKind.Dns, $"{path}1/").After(9).End(SetupPhaseKind.Dns, $"{path}1/")
        .Begin(SetupPhaseKind.Tcp, $"{path}1/1/").After(19).End(SetupPhaseKind.Tcp, $"{path}1/1/")
        .Begin(SetupPhaseKind.Tls, $"{path}2/").After(29).End(SetupPhaseKind.Tls, $"{path}2/");

    public Scene Begin(SetupPhaseKind phase, string path) => Add(NetworkEventKind.PhaseStart, path, e => e with { Phase = phase });

    public Scene Fail(SetupPhaseKind phase, string path) => Add(NetworkEventKind.PhaseFailed, path, e => e with { Phase = phase });

    public Scene End(SetupPhaseKind phase, string path) => Add(NetworkEventKind.PhaseStop, path, e => e with { Phase = phase });

    public Scene Established(string path, long? connection) =>
        Add(NetworkEventKind.ConnectionEstablished, path, e => e with { ConnectionId = connection, Host = "api", Port = 443, HttpVersion = "1.1", RemoteAddress = "10.0.0.1" });

    public Scene LeftQueue(string path, double milliseconds) => Add(NetworkEventKind.RequestLeftQueue, path, e => e with { QueueMs = milliseconds });

    public Scene SendOn(string path, long? connection) => this
        .Add(NetworkEventKind.RequestHeadersStart, $"{path}8/", e => e with { ConnectionId = connection })
        .Add(NetworkEventKind.RequestHeadersStop, $"{path}8/");

    public Scene Answer(string path, int status = 200) => Add(NetworkEventKind.ResponseHeadersStop, $"{path}9/", e => e with { StatusCode = status });

    public Scene Stop(string path, int status = 200) => Add(NetworkEventKind.RequestStop, path, e => e with { StatusCode = status });
}
