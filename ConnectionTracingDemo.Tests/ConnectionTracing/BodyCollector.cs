using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>Takes OTLP over http as text: protocol buffers carry names as they are, so those can be found without decoding.</summary>
internal sealed class BodyCollector : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentQueue<(string Path, string? Key, string Body)> _received = new();

    private BodyCollector(WebApplication server) => _server = server;

    /// <summary>Without a path.</summary>
    public string Url => _server.Urls.Single();

    /// <summary>What has been sent, and with which header <c>x-key</c>.</summary>
    public IReadOnlyCollection<(string Path, string? Key, string Body)> Received => _received;

    public static async Task<BodyCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        var collector = new BodyCollector(server);
        server.Run(collector.ReceiveAsync);
        await server.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _received.Enqueue((context.Request.Path, context.Request.Headers["x-key"], Encoding.Latin1.GetString(body.ToArray())));
    }
}
