using System.Net;
using ConnectionTracing;
using ConnectionTracing.Model;
using ConnectionTracingDemo.Tests.ConnectionTracing.Diagnosis;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>Sending, waiting for 100 Continue, and waiting for the answer: what each is, and that they add up.</summary>
[Collection(NetworkSources.Name)]
public sealed class ExchangeTests
{
    private const string Send = "httpclient.send_ms";
    private const string Continue = "httpclient.continue_ms";
    private const string Wait = "httpclient.wait_ms";
    private static readonly double FaultMs = DiagnosedHost.Fault.TotalMilliseconds;

    [Fact]
    public async Task Waiting_for_100_Continue_is_neither_sending_nor_waiting_for_the_answer()
    {
        await using var host = await DiagnosedHost.StartAsync("SlowContinue");
        await using var server = new RawServer(async (stream, stop) =>
        {
            await RawServer.ReadRequest(stream, stop);
            await stream.ReadExactlyAsync(new byte[5], stop);
            await RawServer.Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", stop);
        });
        using var client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = DiagnosedHost.Fault });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{server.Port}/expect") { Content = new StringContent("hello") };
        request.Headers.ExpectContinue = true;

        using var response = await client.SendAsync(request);

        await host.AssertOnly(FindingCause.SlowContinue, server.Port);
        var span = await host.RequestTo("/expect");
        Assert.True(span.Ms(Continue) >= FaultMs - 50, $"{span}");
        Assert.True(span.Ms(Continue) > span.Ms(Send) + span.Ms(Wait), $"{span}");
        Assert.True(span.Ms(Send) + span.Ms(Continue) + span.Ms(Wait) <= span.Duration.TotalMilliseconds, $"{span}");
        Assert.Equal(["send", "continue", "send", "wait"], NamesOf(host).Where(name => name is "send" or "continue" or "wait"));
    }

    [Fact]
    public async Task Request_without_Expect_has_no_continue()
    {
        await using var host = await DiagnosedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        using var response = await client.PostAsync(server.Url("/post"), new StringContent("hello"));

        Assert.False((await host.RequestTo("/post")).Has(Continue));
    }

    [Fact]
    public async Task Upload_that_the_server_reads_slowly_is_sending()
    {
        await using var host = await DiagnosedHost.StartAsync("SlowSend");
        await using var server = new RawServer(async (stream, stop) =>
        {
            await RawServer.ReadRequest(stream, stop);
            await Task.Delay(DiagnosedHost.Fault, stop);
            await stream.ReadExactlyAsync(new byte[Upload.Size], stop);

            await RawServer.Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", stop);
        });
        using var client = new HttpClient();

        using var response = await client.PostAsync($"http://127.0.0.1:{server.Port}/upload", new Upload(async stream => await stream.WriteAsync(new byte[Upload.Size])) { Headers = { ContentLength = Upload.Size } });

        await host.AssertOnly(FindingCause.SlowSend, server.Port);
        var span = await host.RequestTo("/upload");
        Assert.True(span.Ms(Send) >= FaultMs - 50, $"{span}");
        Assert.True(span.Ms(Send) > span.Ms(Wait), $"{span}");
    }

    [Fact]
    public async Task Body_that_the_application_provides_slowly_is_no_slow_sending()
    {
        await using var host = await DiagnosedHost.StartAsync("SlowSend");
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        using var response = await client.PostAsync(server.Url("/stream"), new Upload(async stream =>
        {
            await Task.Delay(DiagnosedHost.Fault);
            await stream.WriteAsync(new byte[5]);
        }));

        Assert.Empty(host.Findings());
        Assert.True((await host.RequestTo("/stream")).Ms(Send) >= FaultMs - 50);
    }

    [Fact]
    public async Task Answer_before_the_end_of_the_body_has_send_and_wait()
    {
        await using var host = await DiagnosedHost.StartAsync("SlowServer");
        await using var server = await TestServer.StartAsync(HttpProtocols.Http2, https: true);
        using var client = new HttpClient(TestServer.NewTrustingHandler()) { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        var end = new TaskCompletionSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Url("/early/duplex"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new Upload(async stream =>
            {
                await stream.WriteAsync("hello"u8.ToArray());
                await stream.FlushAsync();
                await end.Task;
            }),
        };

        // The server answers when the first bytes are there: the body goes on.
        var sending = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await server.Arrival();
        await Task.Delay(DiagnosedHost.Fault);
        server.Open();
        using var response = await sending.Soon();
        var span = await host.RequestTo("/early/duplex");
        end.SetResult();
        await response.Content.ReadAsStringAsync().Soon();

        Assert.True(span.Ms(Wait) >= FaultMs - 50, $"{span}");
        Assert.True(span.Ms(Send) < FaultMs, $"{span}");
        Assert.True(span.Ms(Send) + span.Ms(Wait) <= span.Duration.TotalMilliseconds, $"{span}");

        var described = Assert.Single(host.Monitor().GetReport().Requests);
        var body = described.Phases.Where(phase => phase.Name == "send").Last();
        Assert.True(body.Duration >= FaultMs - 50, $"{body}");
        Assert.True(body.Start + body.Duration <= described.Duration + 0.001, $"{body}");

        // Whether the server waited for the body is unknown: it is not called slow.
        Assert.Empty(host.Findings());
    }

    [Fact]
    public async Task Request_that_is_sent_twice_has_the_times_of_both()
    {
        await using var host = await DiagnosedHost.StartAsync();
        await using var server = new RawServer(async (stream, stop) =>
        {
            await RawServer.ReadRequest(stream, stop);
            await Task.Delay(DiagnosedHost.Fault, stop);
            await RawServer.Write(stream, "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n", stop);
            await RawServer.ReadRequest(stream, stop);
            await RawServer.Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", stop);
        });
        using var client = new HttpClient(new SocketsHttpHandler { Credentials = new NetworkCredential("user", "password") });

        await client.GetStringAsync($"http://127.0.0.1:{server.Port}/challenged");

        var span = await host.RequestTo("/challenged");
        Assert.True(span.Ms(Wait) >= FaultMs - 50, $"{span}");
        Assert.True(span.Ms(Send) + span.Ms(Wait) <= span.Duration.TotalMilliseconds, $"{span}");
        Assert.Equal(["send", "wait", "send", "wait"], NamesOf(host).Where(name => name is "send" or "continue" or "wait"));
    }

    [Fact]
    public async Task Request_whose_connection_broke_has_the_time_until_then()
    {
        await using var host = await DiagnosedHost.StartAsync();
        var connections = 0;
        await using var server = new RawServer(async (stream, stop) =>
        {
            await RawServer.ReadRequest(stream, stop);
            if (Interlocked.Increment(ref connections) == 1)
            {
                await Task.Delay(DiagnosedHost.Fault, stop);
                return;
            }

            await RawServer.Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", stop);
        });
        using var client = new HttpClient();

        await client.GetStringAsync($"http://127.0.0.1:{server.Port}/retried");

        var span = await host.RequestTo("/retried");
        Assert.True(span.Ms(Wait) >= FaultMs - 50, $"{span}");
        var described = Assert.Single(host.Monitor().GetReport().Requests);
        var sum = described.Phases.Where(phase => phase.Name is "queue" or "send" or "wait").Sum(phase => phase.Duration);
        Assert.True(sum <= described.Duration + 0.1, $"{sum} of {described}");
    }

    [Fact]
    public async Task Phases_end_with_a_request_that_is_cancelled_while_its_connection_goes_on_opening()
    {
        await using var host = await DiagnosedHost.StartAsync();
        using var connects = new HeldConnects();
        using var client = new HttpClient(connects.NewHandler());
        using var cancel = new CancellationTokenSource();

        var request = client.GetStringAsync("http://127.0.0.1:9/cancelled", cancel.Token);
        await connects.Arrival();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        connects.Fail();

        var described = Assert.Single(host.Monitor().GetReport().Requests);
        Assert.All(described.Phases, phase => Assert.True(phase.Start >= 0 && phase.Start + phase.Duration <= described.Duration + 0.001, $"{phase} of {described.Duration} ms"));
    }

    [Theory]
    // headers, content, sent, answered: send, continue, wait
    [InlineData(1, null, null, 9, 1.0, null, 8.0)]
    [InlineData(1, 1, 5, 9, 5.0, null, 4.0)]
    [InlineData(10, 40, 50, 90, 20.0, 30.0, 40.0)]
    [InlineData(1, 9, 10, 12, 10.0, null, 2.0)]
    [InlineData(1, 1, null, 9, 1.0, null, 8.0)]
    [InlineData(1, 1, 20, 9, 1.0, null, 8.0)]
    [InlineData(10, 40, 200, 90, 10.0, 30.0, 50.0)]
    [InlineData(1, 1, null, null, null, null, null)]
    [InlineData(1, null, null, null, 1.0, null, null)]
    [InlineData(null, null, null, null, null, null, null)]
    public void Times_of_an_exchange(int? headers, int? content, int? sent, int? answered, double? send, double? pause, double? wait)
    {
        var exchange = default(ExchangeTimes);
        exchange.BeginSend(TimeSpan.Zero);
        exchange.EndHeaders(Ms(headers));
        exchange.BeginContent(Ms(content));
        exchange.EndContent(Ms(sent));
        exchange.EndResponseHeaders(Ms(answered));

        Assert.Equal((send, pause, wait), (exchange.Send?.TotalMilliseconds, exchange.Continue?.TotalMilliseconds, exchange.Wait?.TotalMilliseconds));
    }

    private static TimeSpan Ms(int? milliseconds) => TimeSpan.FromMilliseconds(milliseconds.GetValueOrDefault());

    private static IEnumerable<string> NamesOf(TracedHost host) => Assert.Single(host.Monitor().GetReport().Requests).Phases.Select(phase => phase.Name);

    private sealed class Upload(Func<Stream, Task> write) : HttpContent
    {
        /// <summary>More than the buffers of two sockets.</summary>
        public const int Size = 32 * 1024 * 1024;

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => write(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
