using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace OpenTelemetry.Instrumentation.Http;

/// <summary>Calls the application's callbacks for one request after the other, each guarded.</summary>
internal sealed class RequestSpanEnricher(HttpClientTraceInstrumentationOptions options)
{
    public void Start(Activity activity, HttpRequestMessage request)
    {
        // Where the sampler wants no span, the runtime makes an activity without a source, to carry the trace on.
        if (activity.Source.Name.Length == 0)
        {
            activity.IsAllDataRequested = false;
        }

        if (!activity.IsAllDataRequested)
        {
            return;
        }

        if (!IsWanted(request))
        {
            // A processor gets no span that does not record, and a parent-based sampler drops the children of one that is not sampled.
            activity.IsAllDataRequested = false;
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        Enrich(options.EnrichWithHttpRequestMessage, activity, request);
    }

    public void Stop(Activity activity, HttpResponseMessage response)
    {
        if (activity.IsAllDataRequested)
        {
            Enrich(options.EnrichWithHttpResponseMessage, activity, response);
        }
    }

    /// <summary>The runtime has written status and <c>error.type</c> by then, or will when the request stops.</summary>
    public void Fail(Activity activity, Exception exception)
    {
        if (!activity.IsAllDataRequested)
        {
            return;
        }

        if (options.RecordException)
        {
            activity.AddException(exception);
        }

        Enrich(options.EnrichWithException, activity, exception);
    }

    private static void Enrich<T>(Action<Activity, T>? callback, Activity activity, T value, [CallerArgumentExpression(nameof(callback))] string name = "")
    {
        try
        {
            callback?.Invoke(activity, value);
        }
        catch (Exception exception)
        {
            InstrumentationEventSource.Log.CallbackFailed(name["options.".Length..], exception.ToString());
        }
    }

    private bool IsWanted(HttpRequestMessage request)
    {
        try
        {
            return options.FilterHttpRequestMessage?.Invoke(request) ?? true;
        }
        catch (Exception exception)
        {
            InstrumentationEventSource.Log.CallbackFailed(nameof(options.FilterHttpRequestMessage), exception.ToString());
            return false;
        }
    }
}
