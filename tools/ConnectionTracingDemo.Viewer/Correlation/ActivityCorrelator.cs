using System.Globalization;

namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>
/// Activities in, requests and connections out. A wait belongs to the request that is its parent, a phase to the setup that is its parent,
/// and a request to the connection whose setup it links to. Children end, and so come, before their parents. Not thread-safe.
/// </summary>
internal sealed class ActivityCorrelator(Action<RequestRow> onRequest, CorrelatorLimits? limits = null)
{
    private readonly Recent<string, double> _waits = new((limits ?? new()).Running);
    private readonly Recent<string, List<ActivitySpan>> _phases = new((limits ?? new()).Running);
    private readonly Recent<string, Connection> _connections = new((limits ?? new()).Open);

    private long _nextConnection;

    /// <summary>Requests that name no connection: the process has no activities of connections, or the recording no links.</summary>
    public long WithoutConnection { get; private set; }

    /// <summary>Handshakes whose activity ended before they did.</summary>
    public long CutHandshakes { get; private set; }

    /// <summary>When the last activity ended.</summary>
    public DateTime LastTime { get; private set; }

    public IEnumerable<Connection> Connections => _connections.All.OrderBy(connection => connection.Id);

    public void Add(ActivitySpan span)
    {
        LastTime = span.End > LastTime ? span.End : LastTime;
        switch (span.Name)
        {
            case ActivityNames.Request:
                onRequest(ToRow(span));
                break;

            case ActivityNames.WaitForConnection when span.ParentId is { } request:
                _waits.TryGet(request, out var before);
                _waits.Add(request, before + span.Milliseconds);
                break;

            case ActivityNames.ConnectionSetup:
                Open(span);
                break;

            case ActivityNames.DnsLookup or ActivityNames.SocketConnect or ActivityNames.TlsHandshake when span.ParentId is { } setup:
                if (!_phases.TryGet(setup, out var phases))
                {
                    _phases.Add(setup, phases = []);
                }

                phases.Add(span);
                break;
        }
    }

    private void Open(ActivitySpan span)
    {
        _phases.Take(span.Id, out var phases);
        if (span.Tags.ContainsKey(ActivityTags.Error))
        {
            return;
        }

        _connections.Add(span.Id, new Connection(_nextConnection++)
        {
            Opened = span.End,
            Host = HostOf(span),
            RemoteAddress = span.Tags.GetValueOrDefault(ActivityTags.PeerAddress),
            Setup = phases is null ? null : ToSetup(span, phases),
            EndIsSeen = false,
        });
    }

    private ConnectionSetup ToSetup(ActivitySpan span, List<ActivitySpan> phases)
    {
        var setup = new ConnectionSetup();
        foreach (var phase in phases)
        {
            var kind = phase.Name switch
            {
                ActivityNames.DnsLookup => SetupPhaseKind.Dns,
                ActivityNames.SocketConnect => SetupPhaseKind.Tcp,
                _ => SetupPhaseKind.Tls,
            };
            setup.Begin(kind, phase.Id, phase.Start);
            if (kind == SetupPhaseKind.Tls && IsCut(phase, span))
            {
                CutHandshakes++;
            }
            else
            {
                setup.End(kind, phase.Id, phase.End);
            }
        }

        return setup;
    }

    /// <summary>.NET 10.0.12 ends the activity as soon as the handshake has begun; a setup has nothing long to do after its handshake.</summary>
    private static bool IsCut(ActivitySpan handshake, ActivitySpan setup) => setup.End - handshake.End > handshake.End - handshake.Start;

    private RequestRow ToRow(ActivitySpan span)
    {
        var url = Uri.TryCreate(span.Tags.GetValueOrDefault(ActivityTags.Url), UriKind.Absolute, out var parsed) ? parsed : null;
        var status = int.TryParse(span.Tags.GetValueOrDefault(ActivityTags.Status), CultureInfo.InvariantCulture, out var code) ? code : (int?)null;
        var (connection, use) = FindConnection(span);
        var setup = use == ConnectionUse.New ? connection?.Setup : null;
        return new RequestRow
        {
            Start = span.Start,
            Method = span.Tags.GetValueOrDefault(ActivityTags.Method),
            Host = HostOf(span) ?? "?",
            Scheme = url?.Scheme,
            UrlPath = url?.PathAndQuery,
            Status = status,
            Error = status is null ? span.Tags.GetValueOrDefault(ActivityTags.Error) : null,
            TotalMs = span.Milliseconds,
            QueueMs = _waits.Take(span.Id, out var queue) ? queue : null,
            DnsMs = setup?.MillisecondsOf(SetupPhaseKind.Dns) ?? Ms(span, ActivityTags.Dns),
            TcpMs = setup?.MillisecondsOf(SetupPhaseKind.Tcp) ?? Ms(span, ActivityTags.Tcp),
            TlsMs = setup?.MillisecondsOf(SetupPhaseKind.Tls) ?? Ms(span, ActivityTags.Tls),
            SendMs = Ms(span, ActivityTags.Send),
            WaitMs = Ms(span, ActivityTags.Wait),
            ConnectionId = connection?.Id,
            Connection = use,
            HttpVersion = span.Tags.GetValueOrDefault(ActivityTags.HttpVersion),
            Sends = connection is null && status is null ? 0 : 1,
        };
    }

    private (Connection? Connection, ConnectionUse Use) FindConnection(ActivitySpan request)
    {
        var told = request.Tags.GetValueOrDefault(ActivityTags.Reused) switch
        {
            null => ConnectionUse.Unknown,
            var reused => bool.TryParse(reused, out var isReused) && isReused ? ConnectionUse.Reused : ConnectionUse.New,
        };

        // The last link: a request that is sent again links to the connection of each time.
        if (request.Links is not [.., var setup])
        {
            WithoutConnection += request.Tags.ContainsKey(ActivityTags.Status) ? 1 : 0;
            return (null, told);
        }

        if (!_connections.TryGet(setup, out var connection))
        {
            // Opened before the recording began, or so long ago that it was forgotten.
            connection = new Connection(_nextConnection++) { Host = HostOf(request), EndIsSeen = false };
            _connections.Add(setup, connection);
        }

        var use = told != ConnectionUse.Unknown ? told : connection is { RequestsServed: 0, Opened: not null } ? ConnectionUse.New : ConnectionUse.Reused;
        connection.RequestsServed++;
        connection.HttpVersion ??= request.Tags.GetValueOrDefault(ActivityTags.HttpVersion);
        return (connection, use);
    }

    private static string? HostOf(ActivitySpan span) => span.Tags.TryGetValue(ActivityTags.Address, out var address)
        ? span.Tags.TryGetValue(ActivityTags.Port, out var port) && port != "0" ? $"{address}:{port}" : address
        : null;

    /// <summary>The provider writes numbers in the culture of the process, of which only the decimal sign matters here.</summary>
    private static double? Ms(ActivitySpan span, string tag) =>
        double.TryParse(span.Tags.GetValueOrDefault(tag)?.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var ms) && double.IsFinite(ms) ? ms : null;
}
