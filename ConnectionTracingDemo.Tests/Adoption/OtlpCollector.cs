using ConnectionTracingDemo.Tests.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ConnectionTracingDemo.Tests.Adoption;

/// <summary>Takes OTLP over http and lets a test wait for the spans it expects. To anything else it answers like any server.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    /// <summary>The processes are new, and the machine may be busy.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly WebApplication _server;
    private readonly Lock _gate = new();
    private readonly List<Span> _spans = [];
    private TaskCompletionSource _more = NewSignal();

    private OtlpCollector(WebApplication server) => _server = server;

    /// <summary>An address, not a name.</summary>
    public Uri Url => new(_server.Urls.Single());

    public static async Task<OtlpCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        var collector = new OtlpCollector(server);
        server.MapPost("/v1/traces", collector.ReceiveAsync);
        // Metrics and logs are accepted and not read.
        server.MapFallback(() => "");
        await server.StartAsync();
        return collector;
    }

    /// <summary>Waits for one span.</summary>
    /// <param name="what">The span, in words, for the message of the timeout.</param>
    /// <param name="condition">What to know it by.</param>
    /// <exception cref="TimeoutException">It did not arrive; the message tells those that did.</exception>
    public async Task<Span> WaitForSpanAsync(string what, Func<Span, bool> condition)
    {
        var deadline = Task.Delay(Patience);
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (_spans.Find(span => condition(span)) is { } found)
                {
                    return found;
                }

                more = _more.Task;
            }

            if (await Task.WhenAny(more, deadline) == deadline)
            {
                throw new TimeoutException($"Waited {Patience.TotalSeconds} s for {what}. These spans did arrive:{Environment.NewLine}{this}");
            }
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    public override string ToString()
    {
        lock (_gate)
        {
            return string.Join(Environment.NewLine, _spans);
        }
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var spans = OtlpTraces.ReadSpans(body.ToArray());
        lock (_gate)
        {
            _spans.AddRange(spans);
            _more.TrySetResult();
            _more = NewSignal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
