using System.Diagnostics;

namespace OpenTelemetry.Instrumentation.Http;

/// <summary>
/// Hears when a client request starts, ends or fails. Diagnostic events are the only way to have the message together with its activity at
/// these moments.
/// </summary>
internal sealed class RequestEventSubscription : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string ListenerName = "HttpHandlerDiagnosticListener";
    private const string RequestStarted = "System.Net.Http.HttpRequestOut.Start";
    private const string RequestStopped = "System.Net.Http.HttpRequestOut.Stop";
    private const string RequestFailed = "System.Net.Http.Exception";

    private readonly RequestSpanEnricher _enricher;
    private readonly Lock _lock = new();
    private readonly List<IDisposable> _subscriptions = [];
    private bool _disposed;

    public RequestEventSubscription(RequestSpanEnricher enricher)
    {
        _enricher = enricher;
        Keep(DiagnosticListener.AllListeners.Subscribe(this));
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener listener)
    {
        if (listener.Name == ListenerName)
        {
            Keep(listener.Subscribe(this, IsEnabled));
        }
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> diagnosticEvent)
    {
        var (name, payload) = diagnosticEvent;

        try
        {
            OnEvent(name, payload);
        }
        catch (Exception exception)
        {
            // The handler calls this in the middle of a request, and would fail it.
            InstrumentationEventSource.Log.EventNotProcessed(name, exception.ToString());
        }
    }

    void IObserver<DiagnosticListener>.OnCompleted()
    {
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }

    public void Dispose()
    {
        IDisposable[] subscriptions;

        lock (_lock)
        {
            _disposed = true;
            subscriptions = [.. _subscriptions];
            _subscriptions.Clear();
        }

        foreach (var subscription in subscriptions)
        {
            subscription.Dispose();
        }
    }

    // Not the activity's own name: asked for it, the runtime would make an activity for every request, whatever the sampler says.
    private static bool IsEnabled(string name) => name is RequestStarted or RequestStopped or RequestFailed;

    private void OnEvent(string name, object? payload)
    {
        // The activity of the request is the current one in all three events.
        if (Activity.Current is not { } activity)
        {
            return;
        }

        switch (name)
        {
            case RequestStarted when Property<HttpRequestMessage>(payload, "Request") is { } request:
                _enricher.Start(activity, request);
                break;

            case RequestStopped when Property<HttpResponseMessage>(payload, "Response") is { } response:
                _enricher.Stop(activity, response);
                break;

            case RequestFailed when Property<Exception>(payload, "Exception") is { } exception:
                _enricher.Fail(activity, exception);
                break;
        }
    }

    // The payloads have no public type, only known property names.
    private static T? Property<T>(object? payload, string name) where T : class =>
        payload?.GetType().GetProperty(name)?.GetValue(payload) as T;

    private void Keep(IDisposable subscription)
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                _subscriptions.Add(subscription);
                return;
            }
        }

        // A listener that came up while this was disposed of.
        subscription.Dispose();
    }
}
