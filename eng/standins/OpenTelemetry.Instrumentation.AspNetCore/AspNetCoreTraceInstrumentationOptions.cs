using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace OpenTelemetry.Instrumentation.AspNetCore;

/// <summary>Which requests become spans, and what the application adds to them.</summary>
/// <remarks>A callback that throws does no harm to the request; the exception goes to the event source of this instrumentation.</remarks>
public class AspNetCoreTraceInstrumentationOptions
{
    /// <summary>
    /// False, or an exception, drops the span of the request, and with a parent-based sampler the spans below it. Runs after the sampler,
    /// for sampled requests only. Default: none, every request has a span.
    /// </summary>
    public Func<HttpContext, bool>? Filter { get; set; }

    /// <summary>Runs when the request starts, after its attributes are set. Default: none.</summary>
    public Action<Activity, HttpRequest>? EnrichWithHttpRequest { get; set; }

    /// <summary>Runs when the request ends, after its attributes are set: has the last word on the span. Default: none.</summary>
    public Action<Activity, HttpResponse>? EnrichWithHttpResponse { get; set; }

    /// <summary>Runs when the request fails with an exception that nothing but the host or an error page handles. Default: none.</summary>
    public Action<Activity, Exception>? EnrichWithException { get; set; }

    /// <summary>
    /// Whether such an exception becomes an event of the span, with message and stack trace. The span's error status and
    /// <c>error.type</c> do not depend on it. Default: false.
    /// </summary>
    public bool RecordException { get; set; }
}
