using ConnectionTracing;
using ConnectionTracingDemo.Tests.ConnectionTracing.Page;
using Microsoft.Playwright;
using static ConnectionTracingDemo.Tests.Browser.ScriptedPage;
using static Microsoft.Playwright.Assertions;

namespace ConnectionTracingDemo.Tests.Browser;

/// <summary>The page's views of time: waterfall, durations, the strip, and the lanes of connections.</summary>
public sealed class TimeTests(ScriptedPage site) : IClassFixture<ScriptedPage>
{
    private static readonly DateTimeOffset Start = Sample.Start;

    [BrowserFact]
    public async Task Bars_of_the_waterfall_share_one_axis_and_those_of_durations_begin_at_zero()
    {
        var page = await site.OpenEmptyAsync();
        site.Api.Tell(Sent("http://first.example/", 0, 100), Sent("http://second.example/", 100, 100), Sent("http://third.example/", 300, 100));
        await Expect(Rows(page)).ToHaveCountAsync(3);

        var bars = await BarsAsync(page);
        Assert.True(bars[1].Left > bars[0].Left && bars[2].Left > bars[1].Left, "The waterfall is no staircase.");
        Assert.Equal(bars[0].Left + bars[0].Width, bars[1].Left, tolerance: 2);
        Assert.Equal(2 * (bars[1].Left - bars[0].Left), bars[2].Left - bars[1].Left, tolerance: 3);

        await View(page, "Durations").CheckAsync();
        await Expect(page).ToHaveURLAsync(site.Site.Url($"{PageSite.Path}?view=scaled").AbsoluteUri);
        bars = await BarsAsync(page);
        Assert.All(bars, bar => Assert.Equal(bars[0].Left, bar.Left, tolerance: 0.5));
        Assert.All(bars, bar => Assert.Equal(bars[0].Width, bar.Width, tolerance: 0.5));

        // The address keeps the view.
        await page.ReloadAsync();
        await Expect(View(page, "Durations")).ToBeCheckedAsync();
        await Expect(Rows(page)).ToHaveCountAsync(3);
        await View(page, "Waterfall").CheckAsync();
        await Expect(page).ToHaveURLAsync(site.Site.Url(PageSite.Path).AbsoluteUri);
    }

    [BrowserFact]
    public async Task Beside_a_long_request_the_short_phases_are_still_drawn()
    {
        var page = await site.OpenEmptyAsync();
        site.Api.Tell(
            Sample.Request("http://timeout.example/", status: null, error: "timeout", duration: 100_000, phases: [new("wait", 0, 100_000, "timeout")]),
            Sample.Refused("http://refused.example/"),
            Sample.Request("http://short.example/", duration: 1, phases: [new("send", 0, 0.04), new("wait", 0.04, 0.9)]));
        await Expect(Rows(page)).ToHaveCountAsync(3);

        // What has no width at all gets no outline either.
        var widths = await Rows(page).Locator(".timing-phase").EvaluateAllAsync<float[]>("phases => phases.map(phase => phase.width.baseVal.value)");
        Assert.Equal(6, widths.Length);
        Assert.DoesNotContain(0, widths);
    }

    [BrowserFact]
    public async Task Strip_selects_a_time_range_with_the_pointer_and_the_keyboard()
    {
        var page = await site.OpenEmptyAsync();
        site.Api.Tell([.. Enumerable.Range(0, 10).Select(i => Sent($"http://many.example/{i}", i * 100, 20))]);
        await Expect(Rows(page)).ToHaveCountAsync(10);

        var strip = (await page.Locator("#strip canvas").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(strip.X + (strip.Width * 0.52f), strip.Y + 20);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(strip.X + strip.Width - 2, strip.Y + 20, new() { Steps = 4 });
        await page.Mouse.UpAsync();
        await Expect(Count(page)).ToHaveTextAsync("5 of 10 requests");
        Assert.Equal(["http://many.example/5", "http://many.example/6", "http://many.example/7", "http://many.example/8", "http://many.example/9"], await UrlsAsync(page));

        // What comes later is outside of the range.
        site.Api.Tell(Sent("http://late.example/", 5000, 20));
        await Expect(Count(page)).ToHaveTextAsync("5 of 11 requests");
        await Button(page, "Whole time").ClickAsync();
        await Expect(Count(page)).ToHaveTextAsync("11 requests");

        await page.GetByRole(AriaRole.Slider, new() { Name = "Start of the time range" }).FocusAsync();
        for (var i = 0; i < 9; i++)
        {
            await page.Keyboard.PressAsync("Shift+ArrowRight");
        }

        await Expect(Count(page)).ToHaveTextAsync("1 of 11 requests");
        await page.Keyboard.PressAsync("Escape");
        await Expect(Count(page)).ToHaveTextAsync("11 requests");
    }

    [BrowserFact]
    public async Task Lane_shows_a_connection_with_its_requests_and_leads_to_them()
    {
        var page = await site.OpenEmptyAsync();
        var connection = Sample.Connection("pool.example") with { Id = 7, OpenedAt = Start, Setup = 10, Phases = [new("tcp", 0, 4), new("tls", 4, 6)] };
        var closed = Sample.Connection("churn.example", closedAt: Start.AddMilliseconds(1450)) with { Id = 8, OpenedAt = Start.AddMilliseconds(200), Setup = 5 };
        site.Api.Tell(
            [
                Sent("https://pool.example:7480/one", 0, 110, connection, new("queue", 0, 10), new("send", 10, 1), new("wait", 11, 99)),
                Sent("https://pool.example:7480/two", 0, 210, connection, new("queue", 0, 110), new("send", 110, 1), new("wait", 111, 99)),
                Sent("https://churn.example:7480/", 200, 60, closed, new("queue", 0, 5), new("wait", 5, 55)),
                Sample.Refused("http://localhost:5/stock") with { Start = Start.AddMilliseconds(100) },
            ],
            [connection, closed], []);
        await View(page, "Connections").CheckAsync();

        await Expect(page.Locator(".lane")).ToHaveCountAsync(3);
        var lane = Lane(page, "#7 pool.example:7480");
        await Expect(lane.Locator(".lane-facts")).ToHaveTextAsync("2 requests · 2 queued · open · HTTP/1.1 · TLS 1.3");
        await Expect(lane.GetByRole(AriaRole.Img)).ToHaveAttributeAsync("aria-label", "#7 pool.example:7480: opened in 10.0 ms, 2 requests · 2 queued · open · HTTP/1.1 · TLS 1.3");
        await Expect(Lane(page, "#8 churn.example").Locator(".lane-facts")).ToContainTextAsync("closed after 1.25 s");
        await Expect(Lane(page, "No connection localhost:5")).ToBeVisibleAsync();

        // The bar of the second request.
        var canvas = lane.Locator("canvas");
        var size = (await canvas.BoundingBoxAsync())!;
        var share = await page.EvaluateAsync<float>("import('/connection-tracing/page/waterfall.js').then(({ padded }) => { const { from, to } = padded({ from: 0, to: 260 }); return (160 - from) / (to - from); })");
        await canvas.ClickAsync(new() { Position = new() { X = size.Width * share, Y = size.Height / 2 } });
        await Expect(Details(page).GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync("GET https://pool.example:7480/two");

        await lane.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(Details(page).GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync("Connection #7 to pool.example:7480");
        await Button(page, "Show its requests").ClickAsync();
        await Expect(Count(page)).ToHaveTextAsync("2 of 4 requests");
        await Expect(Rows(page)).ToHaveCountAsync(2);
    }

    [BrowserFact]
    public async Task Connection_of_a_service_that_stops_tracing_is_unknown()
    {
        var page = await site.OpenEmptyAsync();
        var connection = Sample.Connection("pool.example") with { Id = 7, OpenedAt = Start };
        site.Api.Tell([Sent("https://pool.example:7480/one", 0, 110, connection)], [connection], []);
        await View(page, "Connections").CheckAsync();
        await Expect(Lane(page, "#7 pool.example:7480")).ToContainTextAsync("open");

        await page.Locator("[data-service=apiservice]").GetByRole(AriaRole.Button, new() { Name = "Switch off" }).ClickAsync();

        await Expect(Lane(page, "#7 pool.example:7480")).ToContainTextAsync("unknown");
    }

    [BrowserFact]
    public async Task Lanes_stack_what_is_on_one_connection_at_the_same_time()
    {
        var page = await site.OpenEmptyAsync();

        var lanes = await EvaluateAsync<int[]>(page, """
            const { layOut } = await import('/connection-tracing/page/lanes.js');
            const connection = (key, opened) => ({ key, opened, setup: 5, closed: null, error: null, service: 's', host: 'h' });
            const request = (connection, start, queued, total) => ({ connection, start, queued, total, end: start + total, service: 's', host: 'h', connectionId: 1 });
            const one = layOut([request('a', 0, 10, 60), request('a', 0, 60, 110), request('a', 120, 0, 30)], [connection('a', 5)], { from: 0, to: 200 });
            const multiplexed = layOut([...Array(8)].map((_, i) => request('b', i, 5, 100)), [connection('b', 0)], { from: 0, to: 200 });
            const pool = layOut([request('a', 0, 10, 60), request('b', 0, 10, 60)], [connection('a', 5), connection('b', 5)], { from: 0, to: 200 });
            const queue = layOut([request('', 0, 50, 50)], [], { from: 0, to: 200 });
            const outside = layOut([], [connection('a', 500)], { from: 0, to: 200 });
            return [one.length, one[0].tracks, one[0].queueLines, multiplexed[0].tracks, pool.length, queue[0].requests.length, queue[0].queued.length, outside.length];
            """);

        Assert.Equal([1, 1, 2, 8, 2, 0, 1, 0], lanes);
    }

    [BrowserFact]
    public async Task Lanes_show_the_newest_stretch_of_activity()
    {
        var page = await site.OpenEmptyAsync();

        var ranges = await EvaluateAsync<double[]>(page, """
            const { newestActivity, fit } = await import('/connection-tracing/page/waterfall.js');
            const at = (start, end) => ({ start, end });
            const recent = newestActivity([at(0, 50), at(60_000, 60_100), at(60_500, 62_000)]);
            const long = newestActivity([...Array(200)].map((_, i) => at(i * 1000, i * 1000 + 500)));
            return [recent.from, recent.to, long.to, long.to - long.from, fit([]) === null ? 1 : 0];
            """);

        Assert.Equal(60_000, ranges[0]);
        Assert.Equal(62_000, ranges[1]);
        Assert.Equal(199_500, ranges[2]);
        Assert.InRange(ranges[3], 60_000, 61_000);
        Assert.Equal(1, ranges[4]);
    }

    [BrowserFact]
    public async Task Figures_round_as_they_are_read()
    {
        var page = await site.OpenEmptyAsync();

        var texts = await EvaluateAsync<string[]>(page, """
            const format = await import('/connection-tracing/page/format.js');
            const { ticks } = await import('/connection-tracing/page/waterfall.js');
            return [
              format.milliseconds(0.04), format.milliseconds(999.94), format.milliseconds(999.96), format.milliseconds(61_234),
              format.axisTime(0.2), format.axisTime(1500), format.axisTime(180_000), format.age(12_900), format.age(3_661_000),
              String(format.parseTime('2026-11-21T17:06:34.1234567+00:00') - Date.parse('2026-11-21T17:06:34Z') > 123.45), String(format.parseTime('nonsense')),
              format.clean('a\u202Eb\u0000\ud800'), format.clean('x'.repeat(30), 10), format.clean(null),
              format.curl({ method: 'GET', url: 'http://a/$(rm)?*', version: '2' }),
              format.curl({ method: 'HEAD', url: 'https://[::1]:7480/', version: '1.1' }),
              ticks({ from: 5, to: 105 }, 5).map(tick => `${tick.share} ${tick.text}`).join(', '),
            ];
            """);

        Assert.Equal(
            [
                "0.0 ms", "999.9 ms", "1.00 s", "61.23 s", "0.2 ms", "1.5 s", "3 min", "12 s", "1 h 1 min", "true", "0",
                "a\\u202Eb\\u0000\\uD800", "xxxxxxxxxx…", "", "curl --verbose --http2-prior-knowledge --request 'GET' 'http://a/$(rm)'",
                "curl --verbose --http1.1 --globoff --head 'https://[::1]:7480/'",
                "0 0 ms, 0.2 20 ms, 0.4 40 ms, 0.6 60 ms, 0.8 80 ms, 1 100 ms",
            ], texts);
    }

    /// <summary>A request that begins some milliseconds after <see cref="Start"/>.</summary>
    private static TracedRequest Sent(string url, double start, double duration, TracedConnection? connection = null, params TracedPhase[] phases) =>
        Sample.Request(url, duration: duration, connection: connection?.Id, phases: phases.Length > 0 ? phases : [new("wait", 0, duration)]) with
        {
            Start = Start.AddMilliseconds(start), Connection = connection?.SpanId,
        };

    private static ILocator Lane(IPage page, string name) => page.Locator(".lane").Filter(new() { HasText = name });

    private static Task<T> EvaluateAsync<T>(IPage page, string body) => page.EvaluateAsync<T>($"(async () => {{ {body} }})()");

    private static async Task<(double Left, double Width)[]> BarsAsync(IPage page)
    {
        var figures = await page.EvaluateAsync<double[]>("""
            [...document.querySelectorAll('#requests .row')].sort((a, b) => a.ariaRowIndex - b.ariaRowIndex)
              .flatMap(row => { const box = row.querySelector('.phase-wait').getBoundingClientRect(); return [box.left, box.width]; })
            """);
        return [.. figures.Chunk(2).Select(bar => (bar[0], bar[1]))];
    }
}
