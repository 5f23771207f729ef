using System.Net;
using System.Text;
using System.Text.Json;
using ConnectionTracing;
using ConnectionTracing.Page;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Page;

/// <summary>A service that keeps its connection and says nothing: it hangs, or stands at a breakpoint.</summary>
public sealed class SilenceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_service_that_falls_silent_is_said_to_be()
    {
        var time = new ManualTime();
        using var body = new SilentBody(Sample.Update(7));
        using var handler = new Answering(body);
        var source = new RemoteUpdateSource("apiservice", "http://apiservice", new Clients(handler), time);
        await using var updates = source.WatchAsync(null, CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await updates.MoveNextAsync().AsTask().WaitAsync(Patience));

        var next = updates.MoveNextAsync().AsTask();
        await body.Waiting.WaitAsync(Patience);
        await AdvanceAsync(TimeSpan.FromSeconds(30));
        Assert.False(next.IsCompleted, "Two messages may be late.");
        await AdvanceAsync(TimeSpan.FromSeconds(15));

        var exception = await Assert.ThrowsAsync<UpdateSourceException>(() => next.WaitAsync(Patience));
        Assert.Equal("apiservice has sent nothing for 45 s. Does it hang, or stand at a breakpoint?", exception.Message);

        async Task AdvanceAsync(TimeSpan duration)
        {
            // What waits for this time has a timer.
            using var timeout = new CancellationTokenSource(Patience);
            while (time.Timers == 0)
            {
                timeout.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }

            time.Advance(duration);
        }
    }

    private sealed class Clients(HttpMessageHandler handler) : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new(handler, disposeHandler: false);
    }

    private sealed class Answering(Stream body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(body) });
    }

    /// <summary>One message, then nothing, and no end.</summary>
    private sealed class SilentBody(ConnectionTracingUpdate update) : MemoryStream(Encoding.UTF8.GetBytes($"data: {JsonSerializer.Serialize(update, JsonSerializerOptions.Web)}\n\n"))
    {
        private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Waiting => _waiting.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position < Length)
            {
                return await base.ReadAsync(buffer, cancellationToken);
            }

            _waiting.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return 0;
        }
    }
}
