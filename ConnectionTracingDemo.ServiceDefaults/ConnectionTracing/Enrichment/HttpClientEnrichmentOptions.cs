using System.Diagnostics;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing;

/// <summary>
/// Callbacks that add to the span of an HttpClient request. They run within the request, so they should be quick; one
/// that throws is logged once, and the request goes on. They are called only for spans that are recorded.
/// </summary>
public sealed class HttpClientEnrichmentOptions
{
    /// <summary>Called when the request starts. Default: null.</summary>
    public Action<Activity, HttpRequestMessage>? OnRequest { get; set; }

    /// <summary>Called when the response headers have been read. Default: null.</summary>
    public Action<Activity, HttpResponseMessage>? OnResponse { get; set; }

    /// <summary>Called when the request failed with an exception other than its cancellation. Default: null.</summary>
    public Action<Activity, Exception>? OnException { get; set; }
}
