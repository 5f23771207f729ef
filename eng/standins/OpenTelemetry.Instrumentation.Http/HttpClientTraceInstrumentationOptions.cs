using System.Diagnostics;

namespace OpenTelemetry.Instrumentation.Http;

/// <summary>Which client requests become spans, and what the application adds to them.</summary>
/// <remarks>A callback that throws does no harm to the request; the exception goes to the event source of this instrumentation.</remarks>
public class HttpClientTraceInstrumentationOptions
{
    /// <summary>
    /// False, or an exception, drops the span of the request, and with a parent-based sampler the spans below it. Runs after the sampler,
    /// for sampled requests only. Default: none, every request has a span.
    /// </summary>
    public Func<HttpRequestMessage, bool>? FilterHttpRequestMessage { get; set; }

    /// <summary>Runs when the request starts, before its headers are sent. Default: none.</summary>
    public Action<Activity, HttpRequestMessage>? EnrichWithHttpRequestMessage { get; set; }

    /// <summary>Runs when the response headers are there: has the last word on the span. Default: none.</summary>
    public Action<Activity, HttpResponseMessage>? EnrichWithHttpResponseMessage { get; set; }

    /// <summary>Runs when the request fails without a response. Default: none.</summary>
    public Action<Activity, Exception>? EnrichWithException { get; set; }

    /// <summary>
    /// Whether such an exception becomes an event of the span, with message and stack trace. Since .NET 9 the runtime records it anyway, and
    /// true adds a second event. Default: false.
    /// </summary>
    public bool RecordException { get; set; }
}
