using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using ConnectionTracingDemo.Tests.Hosting;

namespace ConnectionTracingDemo.Tests.EndToEnd;

/// <summary>The page of webfrontend is told of both services.</summary>
[Collection(SharedDemo.Name)]
public sealed class NetworkPageTests(DemoApplication demo)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task It_is_told_of_a_request_with_its_trace_and_leaves_no_spans_of_its_own()
    {
        var weather = await demo.Visitor.GetNewWeatherAsync();
        await WatchAsync(async messages =>
        {
            var (api, request) = (false, false);
            await FindAsync(messages, message =>
            {
                api |= IsOf(message, DemoApplication.Api) && message["update"] is not null;
                request |= IsOf(message, DemoApplication.Web) && message["update"]!["requests"]!.AsArray().Any(request =>
                    request!["traceId"]!.GetValue<string>() == weather.TraceId && request["url"]!.GetValue<string>().EndsWith("/weatherforecast", StringComparison.Ordinal));
                return api && request;
            });
        });

        // What the streams left would be sent before the next trace of both services.
        var later = await demo.Visitor.GetNewWeatherAsync();
        await demo.Telemetry.WaitForSpansAsync($"trace {later.TraceId} of the page", spans => WeatherTrace.Find(spans, later.TraceId));
        Assert.DoesNotContain(await demo.Telemetry.GetSpansAsync(), span => $"{span.Name} {span["url.path"]} {span["url.full"]}".Contains("/connection-tracing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_told_that_the_API_is_stopped_and_that_it_is_back() => await WatchAsync(async messages =>
    {
        await FindAsync(messages, message => IsOf(message, DemoApplication.Api) && message["update"] is not null);

        await demo.StopAsync(DemoApplication.Api);
        await FindAsync(messages, message => IsOf(message, DemoApplication.Api) && message["problem"] is not null);

        await demo.StartAsync(DemoApplication.Api);
        var back = await FindAsync(messages, message => IsOf(message, DemoApplication.Api) && message["update"] is not null);
        Assert.True(back["startedAgain"]!.GetValue<bool>());
    });

    private async Task WatchAsync(Func<IAsyncEnumerator<SseItem<string>>, Task> read)
    {
        using var client = new HttpClient();
        await using var stream = await client.GetStreamAsync(new Uri(demo.WebUrl, "/connection-tracing/page/events"));
        await using var messages = SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator();
        await read(messages);
    }

    private static async Task<JsonNode> FindAsync(IAsyncEnumerator<SseItem<string>> messages, Predicate<JsonNode> match)
    {
        while (true)
        {
            Assert.True(await messages.MoveNextAsync().AsTask().WaitAsync(Patience), "The stream has ended.");
            var message = JsonNode.Parse(messages.Current.Data)!;
            if (match(message))
            {
                return message;
            }
        }
    }

    private static bool IsOf(JsonNode message, string service) => message["service"]!.GetValue<string>() == service;
}
