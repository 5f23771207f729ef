using System;
using System.Threading;

namespace ConnectionTracing.Runtime;

/// <summary>
/// Notices when the runtime no longer behaves in the undocumented ways that connection tracing rests on: the request is current just before
/// the setup that it causes, its events come in its flow, and their payloads begin with known values. Each is told once.
/// </summary>
/// <param name="warn">Logs what is different, and what is missing because of it.</param>
internal sealed class RuntimeCheck(Action<string> warn)
{
    /// <summary>So many cases of the one kind, and none of the other, are no chance: each kind has cases of its own where nothing is wrong.</summary>
    public const int Certain = 20;

    private int _setupsInRequests;
    private int _firstWithoutSetup;
    private int _requestsWithEvents;
    private int _requestsWithoutEvents;
    private int _unknownPayloads;

    /// <summary>A request was current just before a connection setup began.</summary>
    public void OnSetupInRequest() => _setupsInRequests = 1;

    /// <summary>A request that had waited was the first on its connection: a setup has begun for it, or for one before it.</summary>
    public void OnFirstServed() => Count(
        expected: false, ref _setupsInRequests, ref _firstWithoutSetup,
        "The request is not current when a connection is opened for it: httpclient.connection.initiated and the setup phases of requests are left out.");

    /// <summary>A request was answered on a known connection while RequestPhases was on.</summary>
    /// <param name="hasEvents">Whether events told when it was sent.</param>
    public void OnAnswered(bool hasEvents) => Count(
        hasEvents, ref _requestsWithEvents, ref _requestsWithoutEvents,
        "The events of System.Net.Http do not come in the flow of their request: httpclient.send_ms, httpclient.wait_ms and httpclient.connection.id are left out.");

    /// <summary>An event that is known has a payload that is not.</summary>
    public void OnUnknownPayload(string name)
    {
        if (Interlocked.Exchange(ref _unknownPayloads, 1) == 0)
        {
            warn($"The event {name} has another payload: what it would tell is left out.");
        }
    }

    private void Count(bool expected, ref int with, ref int without, string difference)
    {
        // Once seen, it works. Read first: every request comes here.
        if (with > 0)
        {
            return;
        }

        if (expected)
        {
            with = 1;
        }
        else if (Interlocked.Increment(ref without) == Certain)
        {
            warn(difference);
        }
    }
}
