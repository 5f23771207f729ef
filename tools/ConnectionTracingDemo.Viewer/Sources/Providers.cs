using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;

namespace ConnectionTracingDemo.Viewer.Sources;

/// <summary>What is asked of the watched process, https://learn.microsoft.com/dotnet/fundamentals/networking/telemetry/events#event-providers.</summary>
internal static class Providers
{
    public const string Http = "System.Net.Http";
    public const string NameResolution = "System.Net.NameResolution";
    public const string Security = "System.Net.Security";
    public const string Sockets = "System.Net.Sockets";
    public const string Tasks = "System.Threading.Tasks.TplEventSource";
    public const string DiagnosticSource = "Microsoft-Diagnostics-DiagnosticSource";

    /// <summary>
    /// Tells the method, which no event of System.Net.Http does. Unlike the activities of that source, listening to it creates none:
    /// the watched process sends the same headers as before.
    /// </summary>
    public const string MethodEvent = "System.Net.Http.Request";

    /// <summary>The event that counters are written with; it has no number of its own.</summary>
    public const string Counters = "EventCounters";

    private const long TasksFlowActivityIds = 0x80;
    private const long DiagnosticSourceEvents = 0x2;
    private const long IgnoreShortCutKeywords = 0x800;

    public static IReadOnlyList<EventPipeProvider> All { get; } =
    [
        // What belongs together. The process switches its sources on in an order of its own: a request may begin before this one is.
        new(Tasks, EventLevel.Informational, TasksFlowActivityIds),
        // Three counters, four times a second: the reader of the stream shows a block of events only when the next one arrives.
        new(NameResolution, EventLevel.Informational, arguments: new Dictionary<string, string> { ["EventCounterIntervalSec"] = "0.25" }),
        new(Security, EventLevel.Informational),
        new(Sockets, EventLevel.Informational),
        new(DiagnosticSource, EventLevel.Informational, DiagnosticSourceEvents | IgnoreShortCutKeywords, new Dictionary<string, string>
        {
            ["FilterAndPayloadSpecs"] = $"HttpHandlerDiagnosticListener/{MethodEvent}:-Method=Request.Method.Method",
        }),
        new(Http, EventLevel.Informational),
    ];
}
