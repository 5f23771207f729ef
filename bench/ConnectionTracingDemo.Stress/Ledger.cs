using System.Collections.Concurrent;
using System.Diagnostics;
using ConnectionTracing;

namespace ConnectionTracingDemo.Stress;

/// <summary>
/// Holds what spans, journal and servers tell of each request against each other. Between two checkpoints it keeps a few bytes of each
/// request; at a checkpoint, when nothing is under way, everything must fit and is forgotten.
/// </summary>
internal sealed class Ledger(Violations violations)
{
    private readonly ConcurrentDictionary<string, RequestRecord> _requests = new();
    private HashSet<string> _before = [];
    private readonly ConcurrentDictionary<string, (string Connection, int Times)> _served = new();
    private readonly ConnectionLedger _connections = new(violations);
    private readonly ConcurrentDictionary<(string Cause, bool Rough), (int Count, string Example)> _findings = new();
    private long _started;
    private long _ended;
    private long _remembered;
    private long _counted;

    public Coverage Coverage { get; private set; } = new();

    public long Requests => Interlocked.Read(ref _ended);

    /// <summary>A server has got a request.</summary>
    /// <param name="key">The span id of the request, or its path where it has none.</param>
    /// <param name="connection">Its name for the connection.</param>
    public void OnServed(string key, string connection) =>
        _served.AddOrUpdate(key, (connection, 1), (_, before) => (connection, before.Times + 1));

    public void OnStart(Activity request)
    {
        Interlocked.Increment(ref _started);
        _requests[request.SpanId.ToHexString()] = new RequestRecord();
    }

    /// <summary>The span has ended, with all attributes.</summary>
    public void OnEnd(Activity request)
    {
        var record = _requests.GetOrAdd(request.SpanId.ToHexString(), _ => new RequestRecord());
        lock (record)
        {
            record.Span = request;
            CheckIfComplete(record);
        }

        Interlocked.Increment(ref _ended);
    }

    /// <summary>A request has waited for a connection, say the activities of the runtime.</summary>
    public void OnWaited(ActivitySpanId request, TimeSpan duration)
    {
        if (_requests.TryGetValue(request.ToHexString(), out var record))
        {
            lock (record)
            {
                record.Waited = record.Waited.GetValueOrDefault() + duration.TotalMilliseconds;
            }
        }
    }

    /// <summary>The meter counts requests.</summary>
    public void OnCounted(long count) => Interlocked.Add(ref _counted, count);

    /// <summary>The journal tells of a request.</summary>
    public void OnRemembered(TracedRequest request)
    {
        var isAboutBody = request.Phases is [.., { Name: "read" }];
        if (!_requests.TryGetValue(request.SpanId, out var record))
        {
            // A body may come after the checkpoint that follows its request.
            if (!isAboutBody || !_before.Contains(request.SpanId))
            {
                violations.Add("a request completes twice, or was never started", RequestChecks.Describe(request), RequestChecks.OperationOf(request));
            }

            return;
        }

        lock (record)
        {
            if (isAboutBody)
            {
                if (++record.Bodies > 1)
                {
                    violations.Add("a body is told twice", RequestChecks.Describe(request), RequestChecks.OperationOf(request));
                }

                RequestChecks.CheckReading(request, violations);
                return;
            }

            if (++record.Completions > 1)
            {
                violations.Add("a request completes twice", RequestChecks.Describe(request), RequestChecks.OperationOf(request));
                return;
            }

            record.Request = request;
            CheckIfComplete(record);
            Interlocked.Increment(ref _remembered);
        }
    }

    /// <summary>While the compiler is at work, the servers are slow indeed: neither how much is explained nor findings count until now.</summary>
    public void EndWarmUp()
    {
        Coverage = new();
        _findings.Clear();
    }

    public void OnMissed(long count) => violations.Add("the harness reads the journal too slowly", $"{count} requests");

    public void OnFinding(Finding finding, bool rough) =>
        _findings.AddOrUpdate((finding.Cause, rough), (1, $"{finding.Summary} {finding.Evidence}"), (_, before) => (before.Count + 1, before.Example));

    /// <summary>Waits until each request that was started has ended and been told by journal and meter; then all must fit.</summary>
    public async Task CheckpointAsync()
    {
        var settled = await Waiting.UntilAsync(TimeSpan.FromSeconds(30), () =>
            Interlocked.Read(ref _started) == Interlocked.Read(ref _ended)
            && Interlocked.Read(ref _remembered) == Interlocked.Read(ref _ended)
            && Interlocked.Read(ref _counted) >= Interlocked.Read(ref _ended)
            && _requests.Values.All(record => record.Bodies > 0 || !record.BuffersBody));
        var totals = $"{_started} started, {_ended} ended, {_remembered} in the journal, {_counted} counted by httpclient.connection.requests";
        if (!settled || _remembered != _ended || _counted != _ended)
        {
            violations.Add("sums of requests differ", totals);
            foreach (var (span, record) in _requests)
            {
                var about = record.Span is { } activity ? RequestChecks.Describe(activity) : record.Request is { } request ? RequestChecks.Describe(request) : span;
                if (record.Span is null && !record.IsChecked)
                {
                    violations.Add("a request never ends", about);
                }
                else if (record.Completions == 0)
                {
                    violations.Add("a request is not in the journal", about);
                }
                else if (record.BuffersBody && record.Bodies == 0)
                {
                    violations.Add("a buffered body is not in the journal", record.Path);
                }
            }

            // From here on again.
            _started = _remembered = _counted = _ended;
        }

        _before = [.. _requests.Keys];
        _requests.Clear();
        _served.Clear();
        _connections.Checkpoint();
    }

    /// <summary>Prints the findings; those that nobody provoked are violations.</summary>
    /// <param name="provoked">The causes that the rough servers provoke.</param>
    public void PrintFindings(IReadOnlyCollection<string> provoked)
    {
        foreach (var ((cause, rough), (count, example)) in _findings.OrderBy(finding => finding.Key.Cause))
        {
            Console.WriteLine($"finding {cause} at a {(rough ? "rough" : "calm")} server: {count}");
            if (!rough || !provoked.Contains(cause))
            {
                violations.Add($"finding {cause} at a {(rough ? "rough" : "calm")} server, which was not provoked", example);
            }
        }
    }

    private void CheckIfComplete(RequestRecord record)
    {
        if (record is not { Span: { } span, Request: { } request, IsChecked: false })
        {
            return;
        }

        RequestChecks.Check(request, span, record.Waited, violations);
        Coverage.Add(request);

        // A request that the runtime sent again was served twice; which of the connections it was is not told.
        var path = new Uri(request.Url).AbsolutePath;
        var isServed = _served.TryGetValue(request.SpanId, out var served) && served.Times == 1;
        _connections.Add(request, isServed && request.Status is not null ? served.Connection : null);

        record.IsChecked = true;
        record.Path = path;
        record.BuffersBody = request.Status is not null && path.StartsWith("/get-buffered/", StringComparison.Ordinal);
        record.Span = null;
        record.Request = null;
    }

    private sealed class RequestRecord
    {
        public Activity? Span;
        public TracedRequest? Request;
        public double? Waited;
        public int Completions;
        public int Bodies;
        public bool IsChecked;
        public bool BuffersBody;
        public string Path = "";
    }
}
