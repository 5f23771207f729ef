using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ConnectionTracing.Runtime;
using ConnectionTracingDemo.Tests.ConnectionTracing.Diagnosis;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>Requests within requests: each is told once, with its own wait, connection and phases.</summary>
[Collection(NetworkSources.Name)]
public sealed class NestedRequestTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task Request_that_a_processor_sends_at_the_end_of_another_does_not_complete_that_twice(int nested)
    {
        await using var server = await TestServer.StartAsync();
        using var inner = new HttpClient();
        await inner.GetStringAsync(server.Url("/inner"));
        var processor = new SendingProcessor(() =>
        {
            for (var i = 0; i < nested; i++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, server.Url("/inner"));
                using var response = inner.Send(request);
            }
        });
        await using var host = await DiagnosedHost.StartAsync(configure: services => services.AddOpenTelemetry().WithTracing(tracing => tracing.AddProcessor(processor)));
        using var client = new HttpClient();

        await client.GetStringAsync(server.Url("/outer"));
        await client.GetStringAsync(server.Url("/outer"));

        var outer = await host.RequestsTo("/outer", 2);
        Assert.Equal([false, true], outer.Select(span => span.Is("httpclient.connection.reused")));
        var requests = host.Monitor().GetReport().Requests;
        Assert.Equal(requests.Count, requests.Select(request => request.SpanId).Distinct().Count());
        Assert.Equal(2 + (2 * nested), requests.Count);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Client_without_a_propagator_leaves_nothing_at_the_request_around_it(string requestPhases)
    {
        await using var host = await DiagnosedHost.StartAsync(settings: ("RequestPhases", requestPhases));
        await using var server = await TestServer.StartAsync();
        await using var source = await TestServer.StartAsync();
        using var ordinary = new HttpClient();
        using var quiet = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null, ConnectCallback = SlowConnect });
        await ordinary.GetStringAsync(server.Url("/warm"));

        using var response = await ordinary.PutAsync(server.Url("/target"), new Fetched(quiet, source.Url("/source")));

        var warm = await host.RequestTo("/warm");
        var target = await host.RequestTo("/target");
        Assert.True(target.Is("httpclient.connection.reused"), $"{target}");
        Assert.False(target.Is("httpclient.connection.initiated"), $"{target}");
        Assert.False(target.Has("httpclient.queue_ms"), $"{target}");
        Assert.Equal(warm.Tags.GetValueOrDefault("httpclient.connection.id"), target.Tags.GetValueOrDefault("httpclient.connection.id"));

        var report = host.Monitor().GetReport();
        var described = report.Requests.Single(request => request.SpanId == target.Id.ToHexString());
        Assert.Equal(server.Port, report.Connections.Single(connection => connection.SpanId == described.Connection).Port);
        Assert.DoesNotContain(report.Connections, connection => connection.Port == source.Port && connection.InitiatedBy is not null);
        Assert.DoesNotContain(described.Phases, phase => phase.Name is "queue" or "tcp" or "other");
    }

    [Fact]
    public void Completed_requests_are_remembered_while_others_end_within_them()
    {
        using var outer = new Activity("outer").Start();
        Assert.True(CompletedSpans.TryAdd(outer));
        for (var i = 0; i < 100; i++)
        {
            using var inner = new Activity("inner").Start();
            Assert.True(CompletedSpans.TryAdd(inner));
            Assert.False(CompletedSpans.TryAdd(inner));
        }

        Assert.False(CompletedSpans.TryAdd(outer));
    }

    private static async ValueTask<Stream> SlowConnect(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        await Task.Delay(DiagnosedHost.Fault, cancel);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(context.DnsEndPoint, cancel);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>A body that another request fetches.</summary>
    private sealed class Fetched(HttpClient client, Uri source) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            using var response = await client.GetAsync(source, HttpCompletionOption.ResponseHeadersRead);
            await response.Content.CopyToAsync(stream);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    /// <summary>Sends when a request to <c>/outer</c> ends, synchronously: as some exporters do.</summary>
    private sealed class SendingProcessor(Action send) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            if (data.GetTagItem("url.full") is string url && url.EndsWith("/outer", StringComparison.Ordinal))
            {
                send();
            }
        }
    }
}
