using System;
using System.Diagnostics;
using ConnectionTracing.Model;
using OpenTelemetry;

namespace ConnectionTracing.Runtime;

/// <summary>Subscribes the tracker to the activities of System.Net.</summary>
internal sealed class NetworkActivityListener : IDisposable
{
    private readonly ConnectionTracker _tracker;
    private readonly ActivityListener _requests;
    private readonly ActivityListener _network;

    public NetworkActivityListener(ConnectionTracker tracker)
    {
        _tracker = tracker;

        // Without data, where there is a provider: only for the request to be seen. Whether it is recorded is for the samplers to say.
        _requests = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == NetworkActivitySources.Http,
            Sample = (ref _) => Sdk.SuppressInstrumentation ? ActivitySamplingResult.None
                : tracker.RequestData ? ActivitySamplingResult.AllData
                : ActivitySamplingResult.PropagationData,
            ActivityStarted = OnRequestStarted,
            ActivityStopped = tracker.Complete,
        };

        // With data, because of error.type and the addresses, but not recorded: that, too, is for a provider to say.
        _network = new ActivityListener
        {
            ShouldListenTo = static source => Array.IndexOf(NetworkActivitySources.Connections, source.Name) >= 0,
            Sample = static (ref _) => Sdk.SuppressInstrumentation ? ActivitySamplingResult.None : ActivitySamplingResult.AllData,
            ActivityStarted = OnStarted,
            ActivityStopped = OnStopped,
        };

        RequestFlow.Watch();
        ActivitySource.AddActivityListener(_network);
        ActivitySource.AddActivityListener(_requests);
    }

    public void Dispose()
    {
        _requests.Dispose();
        _network.Dispose();
        RequestFlow.Unwatch();
    }

    private void OnRequestStarted(Activity request)
    {
        try
        {
            _tracker.OnRequestStarted(request);
            _tracker.MissingSpans.OnStarted(request);
        }
        catch (Exception exception)
        {
            _tracker.Observers.Report(exception);
        }
    }

    private void OnStarted(Activity activity)
    {
        try
        {
            switch (activity.OperationName)
            {
                case NetworkActivities.WaitForConnection:
                    _tracker.BeginWait(activity);
                    break;

                case NetworkActivities.ConnectionSetup:
                    _tracker.BeginSetup(activity, RequestFlow.TakeLeft());
                    break;

                case NetworkActivities.DnsLookup:
                    _tracker.Opening.Find(activity.Parent)?.BeginPhase(new OpeningPhase(SetupPhaseKind.Dns, activity));
                    break;

                case NetworkActivities.SocketConnect:
                    _tracker.Opening.Find(activity.Parent)?.BeginPhase(new OpeningPhase(SetupPhaseKind.Tcp, activity));
                    break;

                case NetworkActivities.TlsHandshake:
                    _tracker.Opening.Find(activity.Parent)?.BeginPhase(new OpeningPhase(SetupPhaseKind.Tls, activity));
                    break;
            }
        }
        catch (Exception exception)
        {
            _tracker.Observers.Report(exception);
        }
    }

    private void OnStopped(Activity activity)
    {
        try
        {
            if (activity.OperationName == NetworkActivities.WaitForConnection)
            {
                _tracker.EndWait(activity);
            }
            else if (activity.OperationName == NetworkActivities.ConnectionSetup)
            {
                _tracker.EndSetup(activity);
            }
        }
        catch (Exception exception)
        {
            _tracker.Observers.Report(exception);
        }
    }
}
