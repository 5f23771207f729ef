using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ConnectionTracing;
using ConnectionTracing.Page;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Page;

/// <summary>What a browser is told of several services.</summary>
public sealed class RelayTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task It_merges_the_services_under_their_names()
    {
        var web = new Source("webfrontend");
        var api = new Source("apiservice");
        web.Tell(Update(5, Sample.Request("http://a.example/")));
        api.Tell(Update(7, Sample.Request("http://b.example/")));

        await using var reader = Watch([web, api]);
        var messages = new[] { await reader.NextAsync(), await reader.NextAsync() };

        Assert.Equal(
            [("apiservice", "http://b.example/"), ("webfrontend", "http://a.example/")],
            messages.Select(message => (message.Message.Service, Assert.Single(message.Message.Update!.Requests).Url)).Order());
        var positions = PagePositions.Parse(messages[1].Id);
        Assert.Equal((5, 7), (positions["webfrontend"], positions["apiservice"]));
    }

    [Fact]
    public async Task Who_comes_back_goes_on_where_he_was()
    {
        var web = new Source("webfrontend");

        await using var reader = Watch([web], "webfrontend=12&apiservice=nonsense&&=3");

        Assert.Equal(12, await web.Started.ReadAsync().AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task A_service_that_is_down_is_said_once_and_asked_again_from_where_it_was()
    {
        var time = new ManualTime();
        var api = new Source("apiservice");
        await using var reader = Watch([api], time: time);
        Assert.Null(await api.Started.ReadAsync().AsTask().WaitAsync(Patience));
        api.Tell(Update(4));
        Assert.Null((await reader.NextAsync()).Message.Problem);

        api.Fail(new UpdateSourceException("apiservice cannot be reached."));
        var (id, down) = await reader.NextAsync();
        Assert.Equal(("apiservice=4", "apiservice cannot be reached.", null), (id, down.Problem, down.Update));

        Assert.Equal(4, await AgainAsync(api, time));
        api.Fail(new UpdateSourceException("apiservice cannot be reached."));
        Assert.Equal(4, await AgainAsync(api, time));
        api.Tell(Update(5));

        // Nothing of the second failure in between.
        Assert.Null((await reader.NextAsync()).Message.Problem);
    }

    [Theory]
    [InlineData(102, 2, 0, false)]
    [InlineData(132, 2, 30, false)]
    [InlineData(100, 0, 0, false)]
    [InlineData(1100, 2, 0, true)]
    [InlineData(95, 2, 0, true)]
    public async Task A_service_that_started_again_is_told_from_one_that_goes_on(long position, int requests, long missed, bool startedAgain)
    {
        // Every request has a position: more positions than requests are those of another run.
        var api = new Source("apiservice");
        api.Tell(Update(position, [.. Enumerable.Range(0, requests).Select(i => Sample.Request($"http://a.example/{i}"))]) with { Missed = missed });
        api.Tell(Update(position + 1));

        await using var reader = Watch([api], "apiservice=100");

        Assert.Equal(startedAgain, (await reader.NextAsync()).Message.StartedAgain);
        Assert.False((await reader.NextAsync()).Message.StartedAgain);
    }

    [Fact]
    public async Task An_unforeseen_failure_of_one_does_not_end_the_others()
    {
        var web = new Source("webfrontend");
        var api = new Source("apiservice");
        await using var reader = Watch([web, api]);

        api.Fail(new InvalidOperationException("secret"));
        var message = await reader.NextAsync();
        Assert.Equal("apiservice", message.Message.Service);
        Assert.Equal("The events of apiservice cannot be read; the log of this service says why.", message.Message.Problem);

        web.Tell(Update(1));
        Assert.Equal("webfrontend", (await reader.NextAsync()).Message.Service);
    }

    [Fact]
    public async Task A_service_that_cannot_be_understood_is_said_once()
    {
        var time = new ManualTime();
        var api = new Source("apiservice");
        await using var reader = Watch([api], time: time);
        await api.Started.ReadAsync().AsTask().WaitAsync(Patience);

        api.Fail(new InvalidOperationException("one"));
        Assert.NotNull((await reader.NextAsync()).Message.Problem);
        await AgainAsync(api, time);
        api.Fail(new InvalidOperationException("two"));
        await AgainAsync(api, time);
        api.Tell(Update(3));

        // Nothing of the second in between.
        Assert.Null((await reader.NextAsync()).Message.Problem);
    }

    [Fact]
    public async Task Who_does_not_read_holds_up_his_own_stream_only()
    {
        var api = new Source("apiservice");
        for (var i = 1; i <= 100; i++)
        {
            api.Tell(Update(i));
        }

        await using var reader = Watch([api]);
        for (var i = 1; i <= 100; i++)
        {
            Assert.Equal($"apiservice={i}", (await reader.NextAsync()).Id);

            // Read ahead, at most: what the reader has asked for, four that wait for him, one that waits for a place.
            Assert.InRange(100 - api.Waiting, i, i + 6);
        }
    }

    [Fact]
    public async Task Who_leaves_ends_the_streams_of_all_services()
    {
        var web = new Source("webfrontend");
        var api = new Source("apiservice");
        var reader = Watch([web, api]);
        web.Tell(Update(1));
        await reader.NextAsync();

        await reader.LeaveAsync();

        await web.Ended.WaitAsync(Patience);
        await api.Ended.WaitAsync(Patience);
        await reader.DisposeAsync();
    }

    /// <summary>Lets time pass until the source is asked again.</summary>
    /// <returns>From where on.</returns>
    private static async Task<long?> AgainAsync(Source source, ManualTime time)
    {
        var started = source.Started.ReadAsync().AsTask();
        using var timeout = new CancellationTokenSource(Patience);
        while (!started.IsCompleted)
        {
            timeout.Token.ThrowIfCancellationRequested();
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await started;
    }

    private static ConnectionTracingUpdate Update(long position, params TracedRequest[] requests) => Sample.Update(position, requests);

    private static Reader Watch(IUpdateSource[] sources, string? after = null, TimeProvider? time = null) =>
        new(new PageRelay(time ?? TimeProvider.System, NullLogger.Instance), sources, after);

    private sealed class Reader : IAsyncDisposable
    {
        private readonly CancellationTokenSource _leaving = new();
        private readonly IAsyncEnumerator<(string Id, PageMessage Message)> _messages;
        private Task<bool> _next;

        public Reader(PageRelay relay, IUpdateSource[] sources, string? after)
        {
            _messages = relay.WatchAsync(sources, PagePositions.Parse(after), _leaving.Token).GetAsyncEnumerator();
            _next = _messages.MoveNextAsync().AsTask();
        }

        public async Task<(string Id, PageMessage Message)> NextAsync()
        {
            Assert.True(await _next.WaitAsync(Patience), "The stream has ended.");
            var message = _messages.Current;
            _next = _messages.MoveNextAsync().AsTask();
            return message;
        }

        /// <summary>And the stream ends by itself.</summary>
        public async Task LeaveAsync()
        {
            await _leaving.CancelAsync();
            while (await _next.WaitAsync(Patience))
            {
                _next = _messages.MoveNextAsync().AsTask();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await LeaveAsync();
            await _messages.DisposeAsync();
            _leaving.Dispose();
        }
    }

    private sealed class Source(string service) : IUpdateSource
    {
        private readonly Channel<object> _script = Channel.CreateUnbounded<object>();
        private readonly Channel<long?> _started = Channel.CreateUnbounded<long?>();
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Service => service;

        /// <summary>Where each reading began.</summary>
        public ChannelReader<long?> Started => _started.Reader;

        /// <summary>What nobody has read yet.</summary>
        public int Waiting => _script.Reader.Count;

        /// <summary>The reading was cancelled, and has ended.</summary>
        public Task Ended => _ended.Task;

        public void Tell(ConnectionTracingUpdate update) => _script.Writer.TryWrite(update);

        public void Fail(Exception exception) => _script.Writer.TryWrite(exception);

        public async IAsyncEnumerable<ConnectionTracingUpdate> WatchAsync(long? after, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            _started.Writer.TryWrite(after);
            try
            {
                await foreach (var item in _script.Reader.ReadAllAsync(cancellationToken))
                {
                    yield return item as ConnectionTracingUpdate ?? throw (Exception)item;
                }
            }
            finally
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    _ended.TrySetResult();
                }
            }
        }
    }
}
