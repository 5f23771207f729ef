using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using ConnectionTracing.Model;
using ConnectionTracing.Runtime;

namespace ConnectionTracing.Diagnosis;

/// <summary>A request that has ended and was not quite ordinary.</summary>
internal sealed class ExaminedRequest
{
    private readonly ConnectionTracker _tracker;
    private readonly string? _protocol;
    private readonly ConditionalWeakTable<TrackedConnection, IReadOnlyList<SetupPhase>> _earlierLookups;

    /// <param name="request">The request.</param>
    /// <param name="hosts">The connections to all hosts.</param>
    /// <param name="earlierLookups">See <see cref="EarlierLookupsOf"/>.</param>
    public ExaminedRequest(in CompletedRequest request, HostTable hosts, ConditionalWeakTable<TrackedConnection, IReadOnlyList<SetupPhase>> earlierLookups)
    {
        _earlierLookups = earlierLookups;
        _tracker = request.Tracker;
        _protocol = request.Activity.GetTagItem(AttributeNames.ProtocolVersion) as string;
        Host = request.Activity.GetTagItem(AttributeNames.ServerAddress) as string;
        Port = request.Activity.GetTagItem(AttributeNames.ServerPort) as int?;
        Start = request.Start;
        End = request.End;
        Connection = request.Connection;
        IsFirst = request.First;
        Initiated = request.Initiated is true;
        Waited = request.Waited;
        IsAnswered = request.Exchange?.Answered is not null;
        Discarded = request.Discarded;
        DiscardedSiblings = hosts.Find(request.Discarded);
        LastWait = request.Waits is [.., var last] ? last : null;

        var (served, end) = (Connection, End);
        Setups = [.. request.Waits
            .Select(wait => wait.AwaitedPhases(served, end) is { } phases ? new AwaitedSetup(wait.Attempt!, phases) : null)
            .OfType<AwaitedSetup>()];
        Siblings = hosts.Find(Connection) ?? (Setups is [.., { Attempt: var tried }] ? hosts.Find(tried) : null);
        if (Siblings is null && Host is not null && Port is { } port && hosts.TryGet(Host, port, out var known))
        {
            Siblings = known;
        }
    }

    public string? Host { get; }

    public int? Port { get; }

    public DateTime Start { get; }

    public DateTime End { get; }

    /// <summary>What served it; null: nothing did, or it is unknown.</summary>
    public TrackedConnection? Connection { get; }

    /// <summary>The connection had served no other request.</summary>
    public bool IsFirst { get; }

    /// <summary>It caused the connection, for certain.</summary>
    public bool Initiated { get; }

    /// <summary>How long the server took to answer, or the request to give up; null: unknown.</summary>
    public TimeSpan? Waited { get; }

    /// <summary>The response headers have been read.</summary>
    public bool IsAnswered { get; }

    /// <summary>The idle connection that the pool wanted to use for it and found closed.</summary>
    public TrackedConnection? Discarded { get; }

    /// <summary>The other connections to where that one led.</summary>
    public HostConnections? DiscardedSiblings { get; }

    /// <summary>Its last wait in the queue of the pool; null: it did not wait.</summary>
    public QueueWait? LastWait { get; }

    /// <summary>It was over before it got a connection.</summary>
    public bool GaveUpWaiting => LastWait is { Failed: true } or { Ended: false };

    /// <summary>The connection attempts that it waited for.</summary>
    public IReadOnlyList<AwaitedSetup> Setups { get; }

    /// <summary>The other connections to its host and port; null: unknown.</summary>
    public HostConnections? Siblings { get; }

    /// <summary>
    /// As in <c>network.protocol.version</c>. Without a response, what all open connections to the host speak; null: unknown.
    /// </summary>
    public string? Protocol => _protocol ?? OnlyOrNothing(OpenSiblings.Select(sibling => sibling.Protocol));

    /// <summary>Whether it is known which connections are closed.</summary>
    public bool ClosedAreKnown => _tracker.KnowsClosed;

    /// <summary>The connections to its host that are open, as far as known.</summary>
    public IEnumerable<TrackedConnection> OpenSiblings =>
        Siblings?.Recent().Where(sibling => sibling is { ErrorType: null, ClosedAt: null }) ?? [];

    /// <summary>
    /// How long, at the end of its last wait, it waited while the pool opened no connection, neither for it nor for another one,
    /// although requests were queued: it was not allowed to. Null: it was opening one, or that is uncertain.
    /// </summary>
    /// <param name="usableSince">When the connection that served it began to serve; before, it could not be had.</param>
    public TimeSpan? WaitedForOthers(DateTime? usableSince)
    {
        if (LastWait is not { Attempt: null } wait || Siblings is not { } siblings)
        {
            return null;
        }

        var end = wait.Duration is { } duration ? wait.Start + duration : End;
        if (_tracker.Opening.Any(siblings.Host, siblings.Port, before: end))
        {
            return null;
        }

        var since = usableSince > wait.Start ? usableSince.Value : wait.Start;
        var recent = siblings.Recent();

        // When those from before began is forgotten.
        var forgottenUntil = siblings.ForgottenUntil;
        if (forgottenUntil >= end)
        {
            return null;
        }

        since = forgottenUntil > since ? forgottenUntil : since;
        foreach (var sibling in recent)
        {
            var setupEnd = sibling.EstablishedAt;
            if (sibling.OpeningSince < end && setupEnd > since)
            {
                since = setupEnd;
            }
        }

        return end - since;
    }

    /// <summary>
    /// The lookups to the same host that were under way when that of an attempt began, as its setup ended: when its request does, they may be
    /// forgotten.
    /// </summary>
    public IReadOnlyList<SetupPhase> EarlierLookupsOf(TrackedConnection attempt) => _earlierLookups.TryGetValue(attempt, out var lookups) ? lookups : [];

    private static string? OnlyOrNothing(IEnumerable<string?> values) => values.Distinct().Take(2).ToList() is [var only] ? only : null;
}
