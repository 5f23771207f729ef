using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace ConnectionTracing.Runtime;

/// <summary>
/// Sees the exceptions of requests: neither their spans nor the events say why a handshake failed. The runtime writes
/// <c>System.Net.Http.Exception</c> just before it ends the request's activity, on the same thread.
/// </summary>
internal sealed class FailureListener : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string Exceptions = "System.Net.Http.Exception";

    [ThreadStatic]
    private static (Activity Request, Exception Failure)? last;

    private readonly ConnectionTracker _tracker;
    private readonly IDisposable _listeners;
    private volatile IDisposable? _http;
    private volatile bool _disposed;

    public FailureListener(ConnectionTracker tracker)
    {
        _tracker = tracker;
        _listeners = DiagnosticListener.AllListeners.Subscribe(this);
    }

    /// <summary>Why the request that ends on this thread failed; null: it did not, or was cancelled.</summary>
    public static Exception? Take(Activity request)
    {
        if (last is not { } known)
        {
            return null;
        }

        last = null;
        return known.Request == request ? known.Failure : null;
    }

    public void Dispose()
    {
        _disposed = true;
        _listeners.Dispose();
        _http?.Dispose();
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener listener)
    {
        if (listener.Name == "HttpHandlerDiagnosticListener" && !_disposed)
        {
            _http = listener.Subscribe(this, static (name, _, _) => name == Exceptions);
        }
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> written)
    {
        try
        {
            if (written is { Key: Exceptions, Value: { } value } && Activity.Current is { IsStopped: false, IsAllDataRequested: true } request
                && ConnectionTracker.IsRequest(request))
            {
                if (ExceptionOf(value) is { } exception)
                {
                    last = (request, exception);
                }
                else
                {
                    _tracker.Check.OnUnknownPayload(Exceptions);
                }
            }
        }
        catch (Exception exception)
        {
            _tracker.Observers.Report(exception);
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

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "The runtime preserves the properties of what it writes to a DiagnosticListener.")]
    private static Exception? ExceptionOf(object value) => value.GetType().GetProperty("Exception")?.GetValue(value) as Exception;
}
