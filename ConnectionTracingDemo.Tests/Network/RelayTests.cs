using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ConnectionTracing;
using ConnectionTracingDemo.Tests.ConnectionTracing;
using ConnectionTracingDemo.Web;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConnectionTracingDemo.Tests.Network;

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

        Assert.Equal(["apiservice", "webfrontend"], messages.Select(message => message.Data.Service).Order());
        Assert.All(messages, message => Assert.Equal(message.Data.Service, Assert.Single(message.Data.Requests).Service));
        var positions = NetworkPositions.Parse(messages[1].EventId);
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
    public async Task A_long_past_comes_in_pieces_and_the_position_with_the_last()
    {
        var api = new Source("apiservice");
        api.Tell(Update(9, [.. Enumerable.Range(0, 3_600).Select(i => Sample.Request($"http://a.example/{i}"))]));

        await using var reader = Watch([api]);
        List<string> urls = [];
        for (var i = 0; i < 6; i++)
        {
            var message = await reader.NextAsync();
            urls.AddRange(message.Data.Requests.Select(row => row.Url));
            Assert.Equal(i == 5 ? 9 : null, NetworkPositions.Parse(message.EventId)["apiservice"]);
        }

        Assert.Equal(NetworkRelay.KeptRequests, urls.Count);
        Assert.Equal(("http://a.example/600", "http://a.example/3599"), (urls[0], urls[^1]));
    }

    [Fact]
    public async Task A_service_that_is_down_is_said_once_and_asked_again_from_where_it_was()
    {
        var time = new ManualTime();
        var api = new Source("apiservice");
        await using var reader = Watch([api], time: time);
        Assert.Null(await api.Started.ReadAsync().AsTask().WaitAsync(Patience));
        api.Tell(Update(4));
        Assert.Equal("on", (await reader.NextAsync()).Data.State.Mode);

        api.Fail(new RequestSourceException("apiservice cannot be reached."));
        var down = (await reader.NextAsync()).Data;
        Assert.Equal(("down", "apiservice cannot be reached."), (down.State.Mode, down.State.Text));

        Assert.Equal(4, await AgainAsync(api, time));
        api.Fail(new RequestSourceException("apiservice cannot be reached."));
        Assert.Equal(4, await AgainAsync(api, time));
        api.Tell(Update(5));

        // Nothing of the second failure in between.
        Assert.Equal("on", (await reader.NextAsync()).Data.State.Mode);
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

        Assert.Equal(startedAgain, (await reader.NextAsync()).Data.StartedAgain);
        Assert.False((await reader.NextAsync()).Data.StartedAgain);
    }

    [Fact]
    public async Task An_unforeseen_failure_of_one_does_not_end_the_others()
    {
        var web = new Source("webfrontend");
        var api = new Source("apiservice");
        await using var reader = Watch([web, api]);

        api.Fail(new InvalidOperationException("secret"));
        var message = await reader.NextAsync();
        Assert.Equal(("apiservice", "down"), (message.Data.Service, message.Data.State.Mode));
        Assert.DoesNotContain("secret", message.Data.State.Text, StringComparison.Ordinal);

        web.Tell(Update(1));
        Assert.Equal("webfrontend", (await reader.NextAsync()).Data.Service);
    }

    [Fact]
    public async Task A_service_that_cannot_be_understood_is_said_once()
    {
        var time = new ManualTime();
        var api = new Source("apiservice");
        await using var reader = Watch([api], time: time);
        await api.Started.ReadAsync().AsTask().WaitAsync(Patience);

        api.Tell(Update(1) with { Requests = null! });
        Assert.Equal("down", (await reader.NextAsync()).Data.State.Mode);
        await AgainAsync(api, time);
        api.Tell(Update(2) with { Requests = null! });
        await AgainAsync(api, time);
        api.Tell(Update(3));

        // Nothing of the second in between.
        Assert.Equal("on", (await reader.NextAsync()).Data.State.Mode);
    }

    [Fact]
    public async Task Of_many_connections_none_is_left_out()
    {
        // One that is not said to be closed would be shown as open for ever.
        var api = new Source("apiservice");
        api.Tell(Update(9, Sample.Request("http://a.example/")) with
        {
            Connections = [.. Enumerable.Range(0, 1_200).Select(i => Sample.Connection($"{i}.example", closedAt: Sample.Start.AddMinutes(1)))],
        });

        await using var reader = Watch([api]);
        List<string> hosts = [];
        var requests = 0;
        string? id;
        do
        {
            var message = await reader.NextAsync();
            hosts.AddRange(message.Data.Connections.Select(row => row.Host));
            requests += message.Data.Requests.Count;
            id = message.EventId;
            Assert.InRange(message.Data.Connections.Count, 0, 500);
        }
        while (id != "apiservice=9");

        Assert.Equal((1_200, 1), (hosts.Distinct().Count(), requests));
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
            Assert.Equal($"apiservice={i}", (await reader.NextAsync()).EventId);

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

    [Fact]
    public void There_are_places_for_so_many_browsers_and_each_is_given_back_once()
    {
        var relay = Relay([]);
        var places = Enumerable.Range(0, NetworkRelay.MaxBrowsers).Select(_ => relay.TryEnter()).ToList();

        Assert.All(places, Assert.NotNull);
        Assert.Null(relay.TryEnter());

        places[0]!.Dispose();
        places[0]!.Dispose();
        Assert.NotNull(relay.TryEnter());
        Assert.Null(relay.TryEnter());
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

    private static Reader Watch(IRequestSource[] sources, string? after = null, TimeProvider? time = null) => new(Relay(sources, time), after);

    private static NetworkRelay Relay(IRequestSource[] sources, TimeProvider? time = null) =>
        new(sources, new DashboardLinks(new ConfigurationBuilder().Build(), NullLogger<DashboardLinks>.Instance), time ?? TimeProvider.System, NullLogger<NetworkRelay>.Instance);

    private sealed class Reader : IAsyncDisposable
    {
        private readonly CancellationTokenSource _leaving = new();
        private readonly IAsyncEnumerator<SseItem<NetworkMessage>> _messages;
        private Task<bool> _next;

        public Reader(NetworkRelay relay, string? after)
        {
            _messages = relay.WatchAsync(NetworkPositions.Parse(after), _leaving.Token).GetAsyncEnumerator();
            _next = _messages.MoveNextAsync().AsTask();
        }

        public async Task<SseItem<NetworkMessage>> NextAsync()
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

    private sealed class Source(string service) : IRequestSource
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

        public Task<ConnectionTracingReport> GetReportAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task TurnOnAsync(TimeSpan? duration, CancellationToken cancellationToken) => throw new NotSupportedException();

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
