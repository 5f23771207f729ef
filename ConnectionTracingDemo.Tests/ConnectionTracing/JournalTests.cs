using System.Diagnostics;
using ConnectionTracing;
using ConnectionTracing.Journal;
using ConnectionTracing.Model;
using ConnectionTracing.Runtime;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

public sealed class JournalTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Reader_gets_what_is_remembered_and_then_what_is_new()
    {
        var journal = new RequestJournal(4, Start);
        Add(journal, 1, 2);
        var cursor = journal.Open(after: null);

        Assert.Equal(["1", "2"], Spans(journal.Read(cursor)));
        Assert.Empty(Spans(journal.Read(cursor)));
        Add(journal, 3);
        Assert.Equal(["3"], Spans(journal.Read(cursor)));
    }

    [Fact]
    public void Slow_reader_misses_some_and_is_told_how_many()
    {
        var journal = new RequestJournal(4, Start);
        var cursor = journal.Open(after: null);

        Add(journal, 1, 2, 3, 4, 5, 6);

        var entries = journal.Read(cursor);
        Assert.Equal(2, entries.Missed);
        Assert.Equal(["3", "4", "5", "6"], Spans(entries));
        Assert.Equal(0, journal.Read(cursor).Missed);
    }

    [Fact]
    public void Reader_goes_on_where_he_was()
    {
        var journal = new RequestJournal(4, Start);
        Add(journal, 1, 2);
        var position = journal.Read(journal.Open(after: null)).Position;

        Assert.Empty(Spans(journal.Read(journal.Open(position))));
        Add(journal, 3);
        Assert.Equal(["3"], Spans(journal.Read(journal.Open(position))));

        Add(journal, 4, 5, 6, 7);
        var late = journal.Read(journal.Open(position));
        Assert.Equal(1, late.Missed);
        Assert.Equal(["4", "5", "6", "7"], Spans(late));
    }

    [Fact]
    public void Finding_comes_with_its_request_and_once()
    {
        var journal = new RequestJournal(4, Start);
        journal.Add(Finding("1"));
        journal.Add(Request(1));
        var position = journal.Read(journal.Open(after: null)).Position;
        journal.Add(Finding("2"));
        journal.Add(Request(2));

        Assert.Equal(["1", "2"], journal.Read(journal.Open(after: null)).Findings.Select(finding => finding.SpanId));
        Assert.Equal(["2"], journal.Read(journal.Open(position)).Findings.Select(finding => finding.SpanId));
    }

    [Fact]
    public void Reader_of_pieces_that_goes_on_misses_nothing_and_gets_findings_once()
    {
        var journal = new RequestJournal(1000, Start);
        for (var i = 0; i < 100; i++)
        {
            journal.AddChange(Connection($"{i}"));
            journal.AddChange(Connection($"{i} again"));
            if (i % 10 == 0)
            {
                journal.Add(Finding($"{i}"));
            }

            Add(journal, i);
        }

        var (requests, changes, findings) = (new List<string>(), new HashSet<string>(), new List<string>());
        long? position = null;
        while (requests.Count < 100)
        {
            // Each piece is read over a connection of its own.
            var entries = journal.Read(journal.Open(position), most: 7);
            requests.AddRange(Spans(entries));
            changes.UnionWith(entries.Changed.Select(connection => connection.Host!));
            findings.AddRange(entries.Findings.Select(finding => finding.SpanId));
            Assert.InRange(entries.Requests.Count, 1, 7);
            Assert.InRange(entries.Changed.Count, 0, 7);
            position = entries.Position;
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), requests);
        Assert.Equal(200, changes.Count);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i * 10}"), findings);
    }

    [Fact]
    public void Finding_outlives_its_request()
    {
        var journal = new RequestJournal(4, Start);
        journal.Add(Finding("1"));
        journal.Add(Request(1));
        Add(journal, 2, 3, 4, 5, 6);

        Assert.Equal("1", Assert.Single(journal.Read(journal.Open(after: null)).Findings).SpanId);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void Position_of_nobody_knows_when_starts_anew(long position)
    {
        var journal = new RequestJournal(4, Start);
        Add(journal, 1, 2);

        var entries = journal.Read(journal.Open(position));

        Assert.Equal(0, entries.Missed);
        Assert.Equal(["1", "2"], Spans(entries));
    }

    [Fact]
    public void Position_of_an_earlier_run_starts_anew()
    {
        var earlier = new RequestJournal(4, Start);
        Add(earlier, [.. Enumerable.Range(0, 1000)]);
        var position = earlier.Read(earlier.Open(after: null)).Position;
        var journal = new RequestJournal(4, Start + TimeSpan.FromSeconds(1));
        Add(journal, 1, 2);

        Assert.Equal(["1", "2"], Spans(journal.Read(journal.Open(position))));
    }

    [Fact]
    public void Positions_are_whole_numbers_in_JavaScript()
    {
        var journal = new RequestJournal(4, new DateTimeOffset(2255, 1, 1, 0, 0, 0, TimeSpan.Zero));

        Assert.InRange(journal.Read(journal.Open(after: null)).Position, 1, (1L << 53) - 1);
    }

    [Theory]
    [InlineData(2, "5", "6")]
    [InlineData(16, "3", "4", "5", "6")]
    public void Another_capacity_keeps_what_fits(int capacity, params string[] kept)
    {
        var journal = new RequestJournal(4, Start);
        Add(journal, 1, 2, 3, 4, 5, 6);
        var position = journal.Read(journal.Open(after: null)).Position;

        journal.Resize(capacity);

        Assert.Equal(kept, Spans(journal.Read(journal.Open(after: null))));
        Add(journal, 7);
        Assert.Equal(["7"], Spans(journal.Read(journal.Open(position))));
        Assert.Equal([.. kept.Skip(capacity == 2 ? 1 : 0), "7"], Spans(journal.Read(journal.Open(after: null))));
    }

    [Fact]
    public async Task Reader_is_woken_by_requests_and_by_the_switch()
    {
        var journal = new RequestJournal(4, Start);
        var cursor = journal.Open(after: null);
        journal.Read(cursor);

        var changed = journal.Changed(cursor);
        Assert.False(changed.IsCompleted);
        Add(journal, 1);
        await changed.Soon();
        Assert.True(journal.Changed(cursor).IsCompleted);

        journal.Read(cursor);
        changed = journal.Changed(cursor);
        Assert.False(changed.IsCompleted);
        journal.StateChanged();
        await changed.Soon();
        Assert.True(journal.Changed(cursor).IsCompleted);
    }

    [Fact]
    public void Requests_know_nothing_of_their_readers()
    {
        var journal = new RequestJournal(16, Start);
        for (var i = 0; i < 100_000; i++)
        {
            journal.Open(after: null);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var request = Request(1);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            journal.Add(request);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, bytes);
    }

    private static void Add(RequestJournal journal, params int[] spans)
    {
        foreach (var span in spans)
        {
            journal.Add(Request(span));
        }
    }

    private static RememberedRequest Request(int span) =>
        new(new TracedRequest { TraceId = "trace", SpanId = $"{span}", Start = Start, Method = "GET", Url = "http://a/", Phases = [] }, null);

    private static Finding Finding(string span) =>
        new() { Cause = FindingCause.SlowServer, Summary = "", Evidence = "", Suggestion = "", TraceId = "trace", SpanId = span, FoundAt = Start };

    private static TrackedConnection Connection(string host)
    {
        using var setup = new Activity("setup").Start();
        setup.SetTag(AttributeNames.ServerAddress, host);
        var connection = new TrackedConnection(setup, outer: null);
        connection.EndSetup(setup);
        return connection;
    }

    private static IEnumerable<string> Spans(JournalEntries entries) => entries.Requests.Select(remembered => remembered.Request.SpanId);
}
