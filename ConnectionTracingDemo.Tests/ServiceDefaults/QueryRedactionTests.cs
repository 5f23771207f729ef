using System.Collections.Concurrent;
using System.Diagnostics;
using ConnectionTracing.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace ConnectionTracingDemo.Tests.ServiceDefaults;

public sealed class QueryRedactionTests
{
    [Fact]
    public async Task Spans_of_requests_do_not_tell_the_query()
    {
        var spans = new ConcurrentQueue<Activity>();
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.AddServiceDefaults();
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddProcessor(new Recorder(spans)));

        await using (var app = builder.Build())
        {
            app.MapGet("/query-redaction", () => "");
            await app.StartAsync();

            using var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
            using var answer = await client.GetAsync($"{app.Urls.Single()}/query-redaction?password=secret");
            answer.EnsureSuccessStatusCode();
        }

        // Other tests of this process send requests, too.
        var span = Assert.Single(spans, span => span.Source.Name == NetworkActivitySources.Http && span.GetTagItem("url.full") is string url && url.Contains("/query-redaction", StringComparison.Ordinal));
        Assert.EndsWith("/query-redaction?*", (string)span.GetTagItem("url.full")!, StringComparison.Ordinal);
    }

    private sealed class Recorder(ConcurrentQueue<Activity> spans) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data) => spans.Enqueue(data);
    }
}
