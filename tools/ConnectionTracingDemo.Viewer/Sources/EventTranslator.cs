using System.Globalization;
using ConnectionTracing.Model;
using ConnectionTracingDemo.Viewer.Correlation;
using Microsoft.Diagnostics.Tracing;

namespace ConnectionTracingDemo.Viewer.Sources;

/// <summary>Makes events of EventPipe into those that the correlator understands. Payloads are read by name: they grow with the runtime.</summary>
internal static class EventTranslator
{
    /// <returns>Null for an event that says nothing about requests and connections.</returns>
    public static NetworkEvent? Translate(TraceEvent e) => e.ProviderName switch
    {
        Providers.Http => Http(e),
        Providers.NameResolution when e.EventName == Providers.Counters => null,
        Providers.NameResolution => Phase(e, SetupPhaseKind.Dns),
        Providers.Sockets => Phase(e, SetupPhaseKind.Tcp),
        Providers.Security => Phase(e, SetupPhaseKind.Tls),
        Providers.DiagnosticSource => Method(e),
        _ => null,
    };

    private static NetworkEvent? Http(TraceEvent e) => (int)e.ID switch
    {
        1 => New(e, NetworkEventKind.RequestStart) with
        {
            Scheme = Text(e, "scheme"),
            Host = Text(e, "host"),
            Port = (int)(Number(e, "port") ?? 0),
            UrlPath = UrlPath.WithoutQueryValues(Text(e, "pathAndQuery")),
        },
        2 => New(e, NetworkEventKind.RequestStop) with { StatusCode = (int)(Number(e, "statusCode") ?? -1) },
        3 => New(e, NetworkEventKind.RequestFailed) with { Error = Text(e, "exceptionMessage") },
        4 => New(e, NetworkEventKind.ConnectionEstablished) with
        {
            ConnectionId = Number(e, "connectionId"),
            HttpVersion = $"{Number(e, "versionMajor")}.{Number(e, "versionMinor")}",
            Host = Text(e, "host"),
            Port = (int)(Number(e, "port") ?? 0),
            RemoteAddress = Text(e, "remoteAddress"),
        },
        5 => New(e, NetworkEventKind.ConnectionClosed) with { ConnectionId = Number(e, "connectionId") },
        6 => New(e, NetworkEventKind.RequestLeftQueue) with { QueueMs = Convert.ToDouble(e.PayloadByName("timeOnQueueMilliseconds"), CultureInfo.InvariantCulture) },
        7 => New(e, NetworkEventKind.RequestHeadersStart) with { ConnectionId = Number(e, "connectionId") },
        8 => New(e, NetworkEventKind.RequestHeadersStop),
        9 => New(e, NetworkEventKind.RequestContentStart),
        10 => New(e, NetworkEventKind.RequestContentStop),
        12 => New(e, NetworkEventKind.ResponseHeadersStop) with { StatusCode = (int)(Number(e, "statusCode") ?? -1) },
        13 => New(e, NetworkEventKind.ResponseContentStart),
        14 => New(e, NetworkEventKind.ResponseContentStop),
        _ => null,
    };

    // The three providers number these events alike. Those of servers have paths of their own, outside any request.
    private static NetworkEvent? Phase(TraceEvent e, SetupPhaseKind phase) => (int)e.ID switch
    {
        1 => New(e, NetworkEventKind.PhaseStart) with { Phase = phase },
        2 => New(e, NetworkEventKind.PhaseStop) with { Phase = phase },
        3 => New(e, NetworkEventKind.PhaseFailed) with { Phase = phase },
        _ => null,
    };

    private static NetworkEvent? Method(TraceEvent e) =>
        e.EventName == "Event" && Text(e, "EventName") == Providers.MethodEvent && e.PayloadByName("Arguments") is object[] arguments
            ? New(e, NetworkEventKind.RequestMethod) with { Method = ValueOf(arguments, "Method") }
            : null;

    private static string? ValueOf(object[] arguments, string key)
    {
        foreach (var argument in arguments)
        {
            if (argument is IDictionary<string, object> pair && pair["Key"] as string == key)
            {
                return pair["Value"] as string;
            }
        }

        return null;
    }

    private static NetworkEvent New(TraceEvent e, NetworkEventKind kind) =>
        new(kind, e.TimeStamp.ToUniversalTime()) { Path = ActivityPath(e.ActivityID) };

    private static string? ActivityPath(Guid id) =>
        id != Guid.Empty && StartStopActivityComputer.IsActivityPath(id, 0) ? StartStopActivityComputer.ActivityPathString(id) : null;

    private static string? Text(TraceEvent e, string name) => e.PayloadByName(name) as string;

    private static long? Number(TraceEvent e, string name) =>
        e.PayloadByName(name) is IConvertible value and not string ? value.ToInt64(CultureInfo.InvariantCulture) : null;
}
