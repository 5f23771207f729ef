using System.Collections.Concurrent;
using System.Text;
using ConnectionTracing.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>AddServiceDefaults as it is, down to what arrives at a collector.</summary>
[Collection(NetworkSources.Name)]
public sealed class OtlpExportTests
{
    [Fact]
    public async Task Connection_spans_arrive_where_the_others_do_and_from_the_same_resource()
    {
        var received = new ConcurrentQueue<string>();
        await using var collector = await StartCollectorAsync(received);
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        // In the configuration, not in the environment: the provider of the connections has to read the same.
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Development", ApplicationName = "test" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.Single(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-key=secret",
            ["OTEL_SERVICE_NAME"] = "the-service",
        });
        builder.AddServiceDefaults();

        using (var host = builder.Build())
        {
            await host.StartAsync();
            await client.GetStringAsync(server.Url("/otlp"));
            await host.StopAsync();
            await host.Services.GetRequiredService<TracingHostedService>().Sending;
        }

        // Disposing the host has flushed both providers.
        var connections = Assert.Single(received, body => body.Contains("HTTP connection_setup", StringComparison.Ordinal));
        Assert.Contains("HTTP wait_for_connection", connections, StringComparison.Ordinal);
        Assert.Contains("the-service", connections, StringComparison.Ordinal);

        var requests = Assert.Single(received, body => body.Contains("httpclient.connection.reused", StringComparison.Ordinal));
        Assert.Contains("socket connect", requests, StringComparison.Ordinal);
        Assert.Contains("HTTP response_content", requests, StringComparison.Ordinal);

        // The exporters' own requests are not traced; what the collector says about them, in this process, is.
        Assert.DoesNotContain(received, body => body.Contains(collector.Urls.Single() + "/v1/traces", StringComparison.Ordinal));
        Assert.DoesNotContain(received, body => body.Contains("connection_setup 127.0.0.1", StringComparison.Ordinal));
    }

    private static async Task<WebApplication> StartCollectorAsync(ConcurrentQueue<string> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPost("/v1/traces", async context =>
        {
            Assert.Equal("secret", context.Request.Headers["x-key"]);
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.Enqueue(Encoding.Latin1.GetString(body.ToArray()));
        });
        await app.StartAsync();
        return app;
    }
}
