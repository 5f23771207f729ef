using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ConnectionTracingDemo.Tests.ServiceDefaults;

/// <summary>
/// OTLP over http takes its clients from the application's factory. In the standard resilience handler, retries would hold up the end of a process
/// whose collector does not answer.
/// </summary>
public sealed class ExporterClientTests
{
    [Theory]
    [InlineData("OtlpTraceExporter")]
    [InlineData("OtlpMetricExporter")]
    [InlineData("OtlpLogExporter")]
    public async Task Exporters_stay_out_of_the_resilience_pipeline(string client)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1";
        builder.AddServiceDefaults();
        var collector = new UnavailableServer();
        builder.Services.AddHttpClient(client).ConfigurePrimaryHttpMessageHandler(() => collector);
        using var host = builder.Build();

        using var http = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient(client);
        using var response = await http.GetAsync(new Uri("http://collector/"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(1, collector.Requests);
    }

    private sealed class UnavailableServer : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        }
    }
}
