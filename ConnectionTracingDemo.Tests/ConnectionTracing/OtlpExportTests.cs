using ConnectionTracing.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>AddServiceDefaults as it is, down to what arrives at a collector.</summary>
[Collection(NetworkSources.Name)]
public sealed class OtlpExportTests
{
    [Fact]
    public async Task Connection_spans_arrive_where_the_others_do_and_from_the_same_resource()
    {
        await using var collector = await BodyCollector.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();

        // In the configuration, not in the environment: the provider of the connections has to read the same.
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Development", ApplicationName = "test" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url,
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
        var traces = collector.Received.Where(message => message.Path == "/v1/traces").ToList();
        Assert.All(traces, message => Assert.Equal("secret", message.Key));
        var received = traces.Select(message => message.Body).ToList();
        var connections = Assert.Single(received, body => body.Contains("HTTP connection_setup", StringComparison.Ordinal));
        Assert.Contains("HTTP wait_for_connection", connections, StringComparison.Ordinal);
        Assert.Contains("the-service", connections, StringComparison.Ordinal);

        var requests = Assert.Single(received, body => body.Contains("httpclient.connection.reused", StringComparison.Ordinal));
        Assert.Contains("socket connect", requests, StringComparison.Ordinal);
        Assert.Contains("HTTP response_content", requests, StringComparison.Ordinal);

        // The exporters' own requests are not traced; what the collector says about them, in this process, is.
        Assert.DoesNotContain(received, body => body.Contains(collector.Url + "/v1/traces", StringComparison.Ordinal));
        Assert.DoesNotContain(received, body => body.Contains("connection_setup 127.0.0.1", StringComparison.Ordinal));
    }
}
