using System.Globalization;
using ConnectionTracing.Model;
using ConnectionTracing.Runtime;

namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>
/// Activities in, requests and connections out. A wait belongs to the request that is its parent, a phase to the setup that is its parent,
/// and a request to the connection whose setup it links to. Children end, and so come, before their parents. Not thread-safe.
/// </summary>
internal sealed class ActivityCorrelator(Action<RequestRow> onRequest, CorrelatorLimits limits)
{
    private readonly Recent<string, double> _waits = new(limits.Running);
    private readonly Recent<string, List<SetupPhase>> _phases = new(limits.Running);
    private readonly ConnectionBook<string> _connections = new(limits);

    private long _nextConnection;

    /// <summary>Requests that name no connection: the process has no activities of connections, or the recording no links.</summary>
    public long WithoutConnection { get; private set; }

    /// <summary>Requests that say neither where they were sent nor how they ended: the process, or the recording, has no attributes.</summary>
    public long WithoutAttributes { get; private set; }

    /// <summary>Handshakes whose activity ended before they did.</summary>
    public long CutHandshakes { get; private set; }

    /// <summary>When the last activity ended.</summary>
    public DateTime LastTime { get; private set; }

    public IEnumerable<WatchedConnection> Connections => _connections.All;

    public void Add(ActivitySpan span)
    {
        LastTime = span.End > LastTime ? span.End : LastTime;
        switch (span.Name)
        {
            case NetworkActivities.HttpRequestOut when HasNoAttributes(span):
                WithoutAttributes++;
                break;

            case NetworkActivities.HttpRequestOut:
                onRequest(ToRow(span));
                break;

            case NetworkActivities.WaitForConnection when span.ParentId is { } request:
                _waits.TryGet(request, out var before);
                _waits.Add(request, before + span.Milliseconds);
                break;

            case NetworkActivities.ConnectionSetup:
                Open(span);
                break;

            case NetworkActivities.DnsLookup:
                AddPhase(SetupPhaseKind.Dns, span);
                break;

            case NetworkActivities.SocketConnect:
                AddPhase(SetupPhaseKind.Tcp, span);
                break;

            case NetworkActivities.TlsHandshake:
                AddPhase(SetupPhaseKind.Tls, span);
                break;
        }
    }

    private static bool HasNoAttributes(ActivitySpan request) =>
        !request.Tags.ContainsKey(AttributeNames.ServerAddress) && !request.Tags.ContainsKey(AttributeNames.StatusCode) && !request.Tags.ContainsKey(AttributeNames.ErrorType);

    private void AddPhase(SetupPhaseKind kind, ActivitySpan span)
    {
        if (span.ParentId is not { } setup)
        {
            return;
        }

        if (!_phases.TryGet(setup, out var phases))
        {
            _phases.Add(setup, phases = []);
        }

        if (phases.Count < CorrelatorLimits.Phases)
        {
            phases.Add(new SetupPhase(kind, span.Start, span.End - span.Start));
        }
    }

    private void Open(ActivitySpan span)
    {
        if (!_phases.Take(span.Id, out var phases))
        {
            phases = [];
        }

        if (span.Tags.ContainsKey(AttributeNames.ErrorType))
        {
            return;
        }

        CutHandshakes += phases.RemoveAll(phase => IsCut(phase, span.End));
        _connections.Open(span.Id, new WatchedConnection(_nextConnection++)
        {
            Opened = span.End,
            Host = HostOf(span),
            RemoteAddress = span.Tags.GetValueOrDefault(AttributeNames.PeerAddress),
            Phases = [.. phases.OrderBy(phase => phase.Start)],
            EndIsSeen = false,
        });
    }

    /// <summary>.NET 9.0.23, 10.0.12 and 11.0.0 end the activity as soon as the handshake has begun; a setup has nothing long to do after its handshake.</summary>
    private static bool IsCut(SetupPhase phase, DateTime setupEnd) => phase.Kind == SetupPhaseKind.Tls && setupEnd - phase.End > phase.Duration;

    private RequestRow ToRow(ActivitySpan span)
    {
        var url = Uri.TryCreate(span.Tags.GetValueOrDefault(AttributeNames.UrlFull), UriKind.Absolute, out var parsed) ? parsed : null;
        var status = int.TryParse(span.Tags.GetValueOrDefault(AttributeNames.StatusCode), CultureInfo.InvariantCulture, out var code) ? code : (int?)null;
        var served = FindConnection(span);
        return new RequestRow
        {
            Start = span.Start,
            Method = span.Tags.GetValueOrDefault(AttributeNames.RequestMethod),
            Host = HostOf(span) ?? "?",
            Scheme = url?.Scheme,
            UrlPath = url?.PathAndQuery,
            Status = status,
            Error = status is null ? span.Tags.GetValueOrDefault(AttributeNames.ErrorType) : null,
            TotalMs = span.Milliseconds,
            QueueMs = _waits.Take(span.Id, out var queue) ? queue : null,
            DnsMs = served.Setup.MillisecondsOf(SetupPhaseKind.Dns) ?? Ms(span, AttributeNames.DnsDuration),
            TcpMs = served.Setup.MillisecondsOf(SetupPhaseKind.Tcp) ?? Ms(span, AttributeNames.TcpDuration),
            TlsMs = served.Setup.MillisecondsOf(SetupPhaseKind.Tls) ?? Ms(span, AttributeNames.TlsDuration),
            SendMs = Ms(span, AttributeNames.SendDuration),
            WaitMs = Ms(span, AttributeNames.WaitDuration),
            ConnectionId = served.Connection?.Id,
            Connection = served.Use,
            HttpVersion = span.Tags.GetValueOrDefault(AttributeNames.ProtocolVersion),
            RemoteAddress = served.Connection?.RemoteAddress,
            Sends = served.Connection is null && status is null ? 0 : 1,
        };
    }

    private RequestConnection FindConnection(ActivitySpan request)
    {
        var told = request.Tags.GetValueOrDefault(AttributeNames.ConnectionReused) switch
        {
            null => ConnectionUse.Unknown,
            var reused => bool.TryParse(reused, out var isReused) && isReused ? ConnectionUse.Reused : ConnectionUse.New,
        };

        // The last link: a request that is sent again links to the connection of each time.
        if (request.Links is not [.., var setup])
        {
            WithoutConnection += request.Tags.ContainsKey(AttributeNames.StatusCode) ? 1 : 0;
            return new RequestConnection(null, told);
        }

        var served = _connections.Serve(setup, () => new WatchedConnection(_nextConnection++) { Host = HostOf(request), EndIsSeen = false });
        served.Connection!.HttpVersion ??= request.Tags.GetValueOrDefault(AttributeNames.ProtocolVersion);
        return told == ConnectionUse.Unknown ? served : served with { Use = told };
    }

    private static string? HostOf(ActivitySpan span) => span.Tags.TryGetValue(AttributeNames.ServerAddress, out var address)
        ? span.Tags.TryGetValue(AttributeNames.ServerPort, out var port) && port != "0" ? $"{address}:{port}" : address
        : null;

    /// <summary>The provider writes numbers in the culture of the process, of which only the decimal sign matters here.</summary>
    private static double? Ms(ActivitySpan span, string tag) =>
        double.TryParse(span.Tags.GetValueOrDefault(tag)?.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var ms) && double.IsFinite(ms) ? ms : null;
}
