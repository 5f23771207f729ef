using System;
using ConnectionTracing.Model;

namespace ConnectionTracing.Runtime;

/// <summary>All observers of the process. Each is guarded: what one throws reaches neither the others nor the request.</summary>
/// <param name="report">Logs a failure, once.</param>
internal sealed class ConnectionObservers(Action<Exception> report)
{
    private volatile IConnectionObserver[] _all = [];

    public void Set(IConnectionObserver[] observers) => _all = observers;

    public void Report(Exception exception) => report(exception);

    public void OnRequest(in CompletedRequest request)
    {
        foreach (var observer in _all)
        {
            try
            {
                observer.OnRequest(request);
            }
            catch (Exception exception)
            {
                report(exception);
            }
        }
    }

    public void OnBody(in ReadBody body)
    {
        foreach (var observer in _all)
        {
            try
            {
                observer.OnBody(body);
            }
            catch (Exception exception)
            {
                report(exception);
            }
        }
    }

    public void OnConnection(TrackedConnection connection, SetupPhase[] ownPhases)
    {
        foreach (var observer in _all)
        {
            try
            {
                observer.OnConnection(connection, ownPhases);
            }
            catch (Exception exception)
            {
                report(exception);
            }
        }
    }

    public void OnClosed(TrackedConnection connection)
    {
        foreach (var observer in _all)
        {
            try
            {
                observer.OnClosed(connection);
            }
            catch (Exception exception)
            {
                report(exception);
            }
        }
    }
}
