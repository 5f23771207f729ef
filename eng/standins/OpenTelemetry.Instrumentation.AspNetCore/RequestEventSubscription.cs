using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OpenTelemetry.Instrumentation.AspNetCore;

/// <summary>
/// Hears from every host of the process when a request starts, ends or fails with an unhandled exception. Diagnostic events are the only
/// way to have the <see cref="HttpContext"/> together with its activity at these moments.
/// </summary>
internal sealed class RequestEventSubscription : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string ListenerName = "Microsoft.AspNetCore";
    private const string RequestStarted = "Microsoft.AspNetCore.Hosting.HttpRequestIn.Start";
    private const string RequestStopped = "Microsoft.AspNetCore.Hosting.HttpRequestIn.Stop";
    private const string RequestFailed = "Microsoft.AspNetCore.Hosting.UnhandledException";
    private const string RequestFailedOnErrorPage = "Microsoft.AspNetCore.Diagnostics.UnhandledException";

    private readonly RequestSpanWriter _writer;
    private readonly Lock _lock = new();
    private readonly List<IDisposable> _subscriptions = [];
    private bool _disposed;

    public RequestEventSubscription(RequestSpanWriter writer)
    {
        _writer = writer;
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
            // The host calls this in the middle of a request, and would fail it.
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

    private static bool IsEnabled(string name) =>
        name is RequestStarted or RequestStopped or RequestFailed or RequestFailedOnErrorPage;

    private void OnEvent(string name, object? payload)
    {
        switch (name)
        {
            // The activity feature is set right after this event; until then, the request's activity is the current one.
            case RequestStarted when payload is HttpContext context && Activity.Current is { } activity:
                _writer.Start(activity, context);
                break;

            case RequestStopped when payload is HttpContext context && RequestActivity(context) is { } activity:
                _writer.Stop(activity, context);
                break;

            case RequestFailed or RequestFailedOnErrorPage
                when Property<HttpContext>(payload, "httpContext") is { } context
                    && Property<Exception>(payload, "exception") is { } exception
                    && RequestActivity(context) is { } activity:
                _writer.Fail(activity, exception);
                break;
        }
    }

    // Middleware may have made another activity the current one.
    private static Activity? RequestActivity(HttpContext context) => context.Features.Get<IHttpActivityFeature>()?.Activity;

    // The payload of a failure has no public type, only known property names.
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

        // A host that was starting while this was disposed of.
        subscription.Dispose();
    }
}
