using System.Net;
using ConnectionTracing.Model;

namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>A request while its events arrive.</summary>
internal sealed class TrackedRequest(string path, NetworkEvent start)
{
    private readonly ConnectionSetup _setup = new();

    private string? _method;
    private string? _error;
    private double? _queueMs;
    private double? _queueMsBefore;
    private int _status = -1;
    private int _sends;
    private ExchangeTimes _exchange;
    private DateTime _contentStart;
    private double? _bodyMs;
    private IReadOnlyList<SetupPhase> _failedSetup = [];
    private RequestConnection _served;

    public string Path { get; } = path;

    /// <summary>As the caller wrote it: a name of service discovery has no port.</summary>
    public string Host { get; } = start.Port > 0 ? $"{start.Host}:{start.Port}" : start.Host ?? "?";

    /// <summary>Its place in the list that it is kept in.</summary>
    public LinkedListNode<TrackedRequest>? Node { get; set; }

    public bool IsOver { get; set; }

    /// <summary>
    /// The setup that this request triggered has led to a connection, which may well serve another one. Without a connect of its own, after the
    /// answer of another new connection, it is a tunnel through that one: what was sent there was CONNECT, to a proxy, and no request of the
    /// caller. The time that CONNECT waited is a part of the time that the request does.
    /// </summary>
    /// <returns>The phases of the connection; those of a tunnel begin with the phases of the connection to the proxy.</returns>
    public IReadOnlyList<SetupPhase> TakeSetup()
    {
        var isTunnel = _served.Use == ConnectionUse.New && _status == (int)HttpStatusCode.OK && _exchange.Answered is not null && !_setup.Has(SetupPhaseKind.Tcp);
        var phases = _setup.Take();
        if (isTunnel)
        {
            phases = [.. _served.Setup, .. phases];
            (_sends, _status, _queueMs, _served, _exchange) = (_sends - 1, -1, _queueMsBefore, default, default);
        }

        return phases;
    }

    public void SentOn(RequestConnection connection) => _served = connection;

    public void Add(NetworkEvent e)
    {
        switch (e.Kind)
        {
            case NetworkEventKind.RequestMethod:
                _method ??= e.Method;
                break;

            case NetworkEventKind.RequestFailed:
                _error = e.Error;
                break;

            case NetworkEventKind.RequestLeftQueue:
                _queueMsBefore = _queueMs;
                _queueMs = (_queueMs ?? 0) + e.QueueMs;
                if (_setup.HasFailed)
                {
                    _failedSetup = _setup.Take();
                }

                break;

            case NetworkEventKind.RequestHeadersStart:
                // What the predecessor of a redirect or a retry waited for in the queue remains part of the call.
                _sends++;
                _exchange.BeginSend(e.Time - start.Time);
                break;

            case NetworkEventKind.RequestContentStart:
                _exchange.BeginContent(e.Time - start.Time);
                break;

            case NetworkEventKind.RequestHeadersStop:
                _exchange.EndHeaders(e.Time - start.Time);
                break;

            case NetworkEventKind.RequestContentStop:
                _exchange.EndContent(e.Time - start.Time);
                break;

            case NetworkEventKind.ResponseHeadersStop:
                // Not ResponseHeadersStart: over HTTP/2 that is written when the waiting begins.
                _exchange.EndResponseHeaders(e.Time - start.Time);
                _status = e.StatusCode;
                break;

            case NetworkEventKind.ResponseContentStart:
                _contentStart = e.Time;
                break;

            case NetworkEventKind.ResponseContentStop when _contentStart != default:
                _bodyMs = (e.Time - _contentStart).TotalMilliseconds;
                break;

            case NetworkEventKind.PhaseStart:
                if (_setup.IsOverBefore(e.Phase))
                {
                    _failedSetup = _setup.Take();
                }

                _setup.Begin(e.Path!, e.Phase, e.Time);
                break;

            case NetworkEventKind.PhaseFailed:
                _setup.Fail(e.Path!, e.Phase);
                break;

            case NetworkEventKind.PhaseStop:
                _setup.End(e.Path!, e.Phase, e.Time);
                break;
        }
    }

    public RequestRow ToRow(NetworkEvent stop)
    {
        // Without a connection, what was tried for this request is all there is to show.
        var setup = _sends > 0 ? _served.Setup : _setup.IsEmpty ? _failedSetup : _setup.Phases;
        return new RequestRow
        {
            Start = start.Time,
            Method = _method,
            Host = Host,
            Scheme = start.Scheme,
            UrlPath = start.UrlPath,
            Status = stop.StatusCode > 0 ? stop.StatusCode : _status > 0 && _error is null ? _status : null,
            Error = _error,
            TotalMs = (stop.Time - start.Time).TotalMilliseconds,
            QueueMs = _queueMs,
            DnsMs = setup.MillisecondsOf(SetupPhaseKind.Dns),
            TcpMs = setup.MillisecondsOf(SetupPhaseKind.Tcp),
            TlsMs = setup.MillisecondsOf(SetupPhaseKind.Tls),
            SendMs = _sends > 0 ? _exchange.Send?.TotalMilliseconds : null,
            WaitMs = _exchange.Wait?.TotalMilliseconds,
            BodyMs = _bodyMs,
            ConnectionId = _served.Connection?.Id,
            Connection = _served.Use,
            HttpVersion = _served.Connection?.HttpVersion,
            RemoteAddress = _served.Connection?.RemoteAddress,
            Sends = _sends,
        };
    }
}
