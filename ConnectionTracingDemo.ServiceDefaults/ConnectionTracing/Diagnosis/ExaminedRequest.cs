using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Runtime.CompilerServices;
using ConnectionTracing.Model;
using ConnectionTracing.Runtime;

namespace ConnectionTracing.Diagnosis;

/// <summary>A request that has ended and was not quite ordinary.</summary>
internal sealed class ExaminedRequest
{
    private readonly string? _protocol;
    private readonly string? _url;
    private readonly ConditionalWeakTable<TrackedConnection, IReadOnlyList<SetupPhase>> _earlierLookups;

    /// <param name="request">The request.</param>
    /// <param name="hosts">The connections to all hosts.</param>
    /// <param name="earlierLookups">See <see cref="EarlierLookupsOf"/>.</param>
    public ExaminedRequest(in CompletedRequest request, HostTable hosts, ConditionalWeakTable<TrackedConnection, IReadOnlyList<SetupPhase>> earlierLookups)
    {
        _earlierLookups = earlierLookups;
        Tracker = request.Tracker;
        _protocol = request.Activity.GetTagItem(AttributeNames.ProtocolVersion) as string;
        _url = request.Activity.GetTagItem(AttributeNames.UrlFull) as string;
        Host = request.Activity.GetTagItem(AttributeNames.ServerAddress) as string;
        Port = request.Activity.GetTagItem(AttributeNames.ServerPort) as int?;
        Status = request.Activity.GetTagItem(AttributeNames.StatusCode) as int?;
        Start = request.Start;
        End = request.End;
        Connection = request.Connection;
        IsFirst = request.First;
        Initiated = request.Initiated is true;
        Exchange = request.Exchange;
        ContentLength = request.Call?.ContentLength;
        Waited = request.Waited;
        Failure = RequestFailure.Of(request.Failure);
        Discarded = request.Discarded;
        DiscardedSiblings = hosts.Find(request.Discarded);
        LastWait = request.Waits is [.., var last] ? last : null;
        OwnConnections = request.Waits.Count(wait => wait is { Failed: false, Attempt: { ErrorType: null, SetupDuration: not null } });

        var (served, end) = (Connection, End);
        Setups = [.. request.Waits
            .Select(wait => wait.AwaitedPhases(served, end) is { } phases ? new AwaitedSetup(wait.Attempt!, phases) : null)
            .OfType<AwaitedSetup>()];
        Siblings = hosts.Find(Connection)
            ?? (Setups is [.., { Attempt: var tried }] ? hosts.Find(tried) : null)
            ?? hosts.Find(Endpoint.Parse(LastWait?.Pool))
            ?? hosts.Find(new Endpoint(Host, Port));
    }

    public ConnectionTracker Tracker { get; }

    public string? Host { get; }

    public int? Port { get; }

    /// <summary>As in <c>http.response.status_code</c>; null without a response.</summary>
    public int? Status { get; }

    public DateTime Start { get; }

    public DateTime End { get; }

    /// <summary>What served it; null: nothing did, or it is unknown.</summary>
    public TrackedConnection? Connection { get; }

    /// <summary>The connection had served no other request.</summary>
    public bool IsFirst { get; }

    /// <summary>It caused the connection, for certain.</summary>
    public bool Initiated { get; }

    /// <summary>When it was sent and answered; null: it was not sent, or RequestPhases is off.</summary>
    public ExchangeTimes? Exchange { get; }

    /// <summary>How many bytes its body had; null: it was not sent, or RequestPhases is off.</summary>
    public long? ContentLength { get; }

    /// <summary>How long the server took to answer, or the request to give up; null: unknown.</summary>
    public TimeSpan? Waited { get; }

    /// <summary>When the waiting for the answer began.</summary>
    public DateTime WaitStart => Start + (Exchange?.WaitStart ?? TimeSpan.Zero);

    /// <summary>The response headers have been read.</summary>
    public bool IsAnswered => Exchange?.Answered is not null;

    /// <summary>What its exception says; null: it did not fail, or was cancelled.</summary>
    public RequestFailure? Failure { get; }

    /// <summary>The idle connection that the pool wanted to use for it and found closed.</summary>
    public TrackedConnection? Discarded { get; }

    /// <summary>The other connections to where that one led.</summary>
    public HostConnections? DiscardedSiblings { get; }

    /// <summary>Its last wait in the queue of the pool; null: it did not wait.</summary>
    public QueueWait? LastWait { get; }

    /// <summary>It was over before it got a connection.</summary>
    public bool GaveUpWaiting => LastWait is { Failed: true } or { Ended: false };

    /// <summary>How many connections were opened for it: one that is closed before the answer is replaced.</summary>
    public int OwnConnections { get; }

    /// <summary>The connection attempts that it waited for.</summary>
    public IReadOnlyList<AwaitedSetup> Setups { get; }

    /// <summary>The other connections to its host and port; null: unknown.</summary>
    public HostConnections? Siblings { get; }

    /// <summary>
    /// As in <c>network.protocol.version</c>. Without a response, what all open connections to the host speak; null: unknown.
    /// </summary>
    public string? Protocol => _protocol ?? OnlyOrNothing(OpenSiblings.Select(sibling => sibling.Protocol));

    /// <summary>Whether it is known which connections are closed.</summary>
    public bool ClosedAreKnown => Tracker.KnowsClosed;

    /// <summary>The connections to its host that are open, as far as known.</summary>
    public IEnumerable<TrackedConnection> OpenSiblings =>
        Siblings?.Recent().Where(sibling => sibling is { ErrorType: null, ClosedAt: null }) ?? [];

    /// <summary>How much of a time proves something of others: the process itself was not late.</summary>
    public TimeSpan Proven(DateTime start, TimeSpan duration) => duration - (Tracker.ThreadPool?.UnprovenWithin(start, start + duration) ?? TimeSpan.Zero);

    /// <summary>The longest wait for a thread of the pool while the request was under way; null: none was long.</summary>
    public ThreadPoolWatch.LateTime? LongestLateTime => Tracker.ThreadPool?.LongestWithin(Start, End);

    /// <summary>What a phase of a setup asked: the server, a proxy, or what a ConnectCallback has chosen.</summary>
    public Endpoint Asked(AwaitedSetup setup, SetupPhase phase)
    {
        var attempt = setup.Attempt;
        var port = setup.Phases.LastOrDefault(step => step is { Kind: SetupPhaseKind.Tcp, Port: not null }).Port;
        if (attempt.IsTunnel)
        {
            // With the proxy it goes on as far as the tunnel; CONNECT is for the proxy to answer.
            return setup.Phases.Any(step => step.Kind == SetupPhaseKind.Tunnel && step.Start < phase.Start)
                ? Server
                : Endpoint.Parse(attempt.TunnelPool, isProxy: true) ?? new Endpoint(Failure?.Host ?? phase.Address, Failure?.Port ?? port, IsProxy: true);
        }

        if (ProxyOf(attempt) is { } proxy)
        {
            return proxy with { Port = proxy.Port ?? port ?? Failure?.Port };
        }

        // Of a SOCKS proxy only the exception and the addresses tell; the exception names what the pool wanted otherwise.
        return Failure is { Host: { } failed, Port: { } failedPort } && !new Endpoint(failed, failedPort).Is(attempt.Host, attempt.Port) ? new Endpoint(failed, failedPort, IsProxy: true)
            : Failure is { Error: HttpRequestError.ProxyTunnelError } ? new Endpoint(phase.Address ?? PeerOf(setup), port, IsProxy: true)
            : phase is { Kind: SetupPhaseKind.Tcp, Address: { } address, Port: { } other } && other != attempt.Port ? new Endpoint(address, other)
            : phase is { Kind: SetupPhaseKind.Dns, Address: { } name } && !string.Equals(name, attempt.Host, StringComparison.OrdinalIgnoreCase) ? new Endpoint(name, null)
            : Server;
    }

    /// <summary>The proxy that requests without TLS are sent through; null: none, as far as known.</summary>
    public Endpoint? ProxyOf(TrackedConnection? connection)
    {
        if (connection is not { Scheme: "http", IsTunnel: false, Host: { } host, Port: { } port } || Server.Is(host, port))
        {
            return null;
        }

        // A Host header has changed server.address; the pool goes by the URL.
        return Uri.TryCreate(_url, UriKind.Absolute, out var url) && (url.Scheme != Uri.UriSchemeHttp || new Endpoint(url.IdnHost.Trim('[', ']'), url.Port).Is(host, port))
            ? null
            : new Endpoint(host, port > 0 ? port : connection.PeerPort, IsProxy: true);
    }

    /// <summary>The pool that it queued in; null: that of the server.</summary>
    public Endpoint? Pool => ProxyOf(Connection) ?? (Endpoint.Parse(LastWait?.Pool) is { } pool && Connection is null && !pool.Is(Host, Port) ? pool with { IsProxy = true } : null);

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
        if (Tracker.Opening.To(siblings.Host, siblings.Port).Any(attempt => attempt.OpeningSince < end))
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

        return Proven(since, end - since);
    }

    /// <summary>
    /// The lookups to the same host that were under way when that of an attempt began, as its setup ended: when its request does, they may be
    /// forgotten.
    /// </summary>
    public IReadOnlyList<SetupPhase> EarlierLookupsOf(TrackedConnection attempt) => _earlierLookups.TryGetValue(attempt, out var lookups) ? lookups : [];

    /// <summary>The lookups of its name that began before this one, and go on.</summary>
    public IEnumerable<SetupPhase> LookupsUnderWay(SetupPhase lookup) => Siblings is not { } siblings ? [] : Tracker.Opening.To(siblings.Host, siblings.Port)
        .SelectMany(attempt => attempt.PhasesAt(End))
        .Where(phase => phase is { Kind: SetupPhaseKind.Dns, Completed: false } && phase.Start < lookup.Start);

    private Endpoint Server => new(Host, Port);

    private static string? PeerOf(AwaitedSetup setup) => setup.Phases.LastOrDefault(step => step.Kind == SetupPhaseKind.Tcp).Address;

    private static string? OnlyOrNothing(IEnumerable<string?> values) => values.Distinct().Take(2).ToList() is [var only] ? only : null;
}
