using System.Net;

namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>A request while its events arrive.</summary>
internal sealed class TrackedRequest(string path, NetworkEvent start)
{
    private string? _method;
    private string? _error;
    private double? _queueMs;
    private double? _queueMsBefore;
    private int _status = -1;
    private int _sends;
    private DateTime _sendStart;
    private DateTime _sent;
    private DateTime _headersRead;
    private DateTime _contentStart;
    private double? _bodyMs;
    private ConnectionSetup _setup = new();
    private ConnectionSetup? _failedSetup;
    private ConnectionSetup? _ownSetup;
    private Connection? _connection;
    private ConnectionUse _use;

    public string Path { get; } = path;

    /// <summary>As the caller wrote it: a name of service discovery has no port.</summary>
    public string Host { get; } = start.Port > 0 ? $"{start.Host}:{start.Port}" : start.Host ?? "?";

    /// <summary>Its place in the list that it is kept in.</summary>
    public LinkedListNode<TrackedRequest>? Node { get; set; }

    public bool IsOver { get; set; }

    /// <summary>The setup that this request triggered; the connection may well serve another.</summary>
    public ConnectionSetup TakeSetup()
    {
        var setup = _setup;
        _setup = new ConnectionSetup();
        return setup;
    }

    /// <summary>
    /// A connection that was established without a connect of its own, after the answer of another new one: what was sent there was CONNECT,
    /// to a proxy, and no request of the caller. The time that it waited is a part of the time that the request does.
    /// </summary>
    /// <returns>What the connection to the proxy cost; null if this is no tunnel through one.</returns>
    public ConnectionSetup? TakeTunnel(ConnectionSetup setup)
    {
        if (_use != ConnectionUse.New || _status != (int)HttpStatusCode.OK || _headersRead == default || setup.Has(SetupPhaseKind.Tcp))
        {
            return null;
        }

        var outer = _ownSetup;
        SentOn(null, ConnectionUse.Unknown);
        (_sends, _status, _queueMs) = (_sends - 1, -1, _queueMsBefore);
        _sent = _headersRead = default;
        return outer;
    }

    public void SentOn(Connection? connection, ConnectionUse use)
    {
        _connection = connection;
        _use = use;
        _ownSetup = use == ConnectionUse.New ? connection?.Setup : null;
    }

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
                    _failedSetup = TakeSetup();
                }

                break;

            case NetworkEventKind.RequestHeadersStart:
                // A redirect or a retry begins anew; what its predecessor waited for in the queue remains part of the call.
                _sends++;
                _sendStart = e.Time;
                _sent = _headersRead = default;
                break;

            case NetworkEventKind.RequestContentStart:
                _sent = default;
                break;

            case NetworkEventKind.RequestHeadersStop or NetworkEventKind.RequestContentStop:
                _sent = e.Time;
                break;

            case NetworkEventKind.ResponseHeadersStop:
                // Not ResponseHeadersStart: over HTTP/2 that is written when the waiting begins.
                _headersRead = e.Time;
                _status = e.StatusCode;
                break;

            case NetworkEventKind.ResponseContentStart:
                _contentStart = e.Time;
                break;

            case NetworkEventKind.ResponseContentStop when _contentStart != default:
                _bodyMs = (e.Time - _contentStart).TotalMilliseconds;
                break;

            case NetworkEventKind.DnsStart:
                Begin(SetupPhaseKind.Dns, e);
                break;

            case NetworkEventKind.ConnectStart:
                Begin(SetupPhaseKind.Tcp, e);
                break;

            case NetworkEventKind.HandshakeStart:
                Begin(SetupPhaseKind.Tls, e);
                break;

            case NetworkEventKind.DnsFailed:
                _setup.Fail(SetupPhaseKind.Dns, e.Path!);
                break;

            case NetworkEventKind.ConnectFailed:
                _setup.Fail(SetupPhaseKind.Tcp, e.Path!);
                break;

            case NetworkEventKind.HandshakeFailed:
                _setup.Fail(SetupPhaseKind.Tls, e.Path!);
                break;

            case NetworkEventKind.DnsStop:
                _setup.End(SetupPhaseKind.Dns, e.Path!, e.Time);
                break;

            case NetworkEventKind.ConnectStop:
                _setup.End(SetupPhaseKind.Tcp, e.Path!, e.Time);
                break;

            case NetworkEventKind.HandshakeStop:
                _setup.End(SetupPhaseKind.Tls, e.Path!, e.Time);
                break;
        }
    }

    public RequestRow ToRow(NetworkEvent stop)
    {
        // Without a connection, what was tried for this request is all there is to show.
        var setup = _sends > 0 ? _ownSetup : _setup.IsEmpty ? _failedSetup : _setup;
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
            DnsMs = setup?.MillisecondsOf(SetupPhaseKind.Dns),
            TcpMs = setup?.MillisecondsOf(SetupPhaseKind.Tcp),
            TlsMs = setup?.MillisecondsOf(SetupPhaseKind.Tls),
            SendMs = _sends > 0 && _sent != default ? (_sent - _sendStart).TotalMilliseconds : null,
            // Without the end of sending, the response came before it: there was no wait to measure.
            WaitMs = _sent != default && _headersRead >= _sent ? (_headersRead - _sent).TotalMilliseconds : null,
            BodyMs = _bodyMs,
            ConnectionId = _connection?.Id,
            Connection = _use,
            HttpVersion = _connection?.HttpVersion,
            Sends = _sends,
        };
    }

    private void Begin(SetupPhaseKind kind, NetworkEvent e)
    {
        if (_setup.IsOverBefore(kind))
        {
            _failedSetup = TakeSetup();
        }

        _setup.Begin(kind, e.Path!, e.Time);
    }
}
