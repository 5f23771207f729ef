using ConnectionTracingDemo.Tests.ConnectionTracing.Page;
using ConnectionTracingDemo.Tests.Hosting;
using ConnectionTracingDemo.Tests.Network;
using ConnectionTracingDemo.Tests.Standalone;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ConnectionTracingDemo.Tests.Browser;

/// <summary>The Network page in a browser, with a scripted service as the API.</summary>
public sealed class NetworkTests(NetworkSite site, BrowserFixture browser) : IClassFixture<NetworkSite>, IClassFixture<BrowserFixture>
{
    public static TheoryData<int, ColorScheme> Views => SiteTests.Views;

    [BrowserTheory]
    [MemberData(nameof(Views))]
    public async Task Rows_come_by_themselves_and_the_page_fits_its_window(int width, ColorScheme colorScheme)
    {
        site.Api.Reset();
        var page = await OpenAsync(width, colorScheme);
        await Expect(page.Locator("#network-requests .network-empty")).ToBeVisibleAsync();

        site.Api.Tell(
            [
                Sample.First("https://localhost:7480/weatherforecast"),
                Sample.Request("https://localhost:7480/weatherforecast", duration: 33.2, phases: [new("send", 0, 0.2), new("wait", 0.2, 32.7), new("read", 33.2, 0.4)]),
                Sample.Refused("http://localhost:5/stock"),
                Sample.Request("https://shop.example/api/orders/2026/11/21/with-a-path-that-goes-on-and-on/and-on?*", connection: 4, reused: false, duration: 95,
                    phases: [new("queue", 0, 64), new("dns", 0.5, 0.4), new("tcp", 1, 50, "timed_out"), new("tcp", 51, 12), new("send", 64, 0.3), new("wait", 65, 29)]),
                Sample.Request("https://localhost:7480/busy", status: 503, error: "503", duration: 12),
            ],
            [
                Sample.Connection("localhost", served: 27) with { Id = 1, OpenedAt = DateTimeOffset.UtcNow.AddSeconds(-95) },
                Sample.Connection("shop.example", closedAt: DateTimeOffset.UtcNow) with { Id = 4, OpenedAt = DateTimeOffset.UtcNow.AddSeconds(-30) },
                Sample.Connection("self-signed.example", served: 0, error: "certificate_untrusted") with { Id = null, TlsProtocol = null, Protocol = null, OpenedAt = DateTimeOffset.UtcNow.AddSeconds(-4) },
            ],
            [Sample.Finding("localhost")]);

        await Expect(Requests(page)).ToHaveCountAsync(5);
        await Expect(Connections(page)).ToHaveCountAsync(3);
        await Expect(page.Locator(".finding")).ToHaveCountAsync(1);
        await AssertFitsAsync(page);

        var oldest = Requests(page).Last;
        await Expect(oldest).ToContainTextAsync("GET https://localhost:7480/weatherforecast");
        await Expect(oldest).ToContainTextAsync("#1 new");
        await Expect(oldest).ToContainTextAsync("125.1 ms");
        await Expect(oldest.Locator(".phase-tls")).ToHaveAttributeAsync("width", "24.27%");

        var refused = Requests(page).Nth(2);
        await Expect(refused.Locator(".timing-status")).ToHaveTextAsync("none");
        await Expect(refused.Locator(".timing-phase-failed")).ToHaveCountAsync(1);
        await Expect(refused.Locator(".timing-cross")).ToHaveCountAsync(1);
        var failed = Connections(page).Filter(new() { HasText = "self-signed" });
        await Expect(failed.Locator(".connection-state")).ToHaveTextAsync("failed");
        await Expect(failed.Locator(".connection-number")).ToHaveTextAsync("–");

        await Screenshots.SaveAsync(page, SiteTests.Name("network-scripted", width, colorScheme));
    }

    [BrowserFact]
    public async Task A_request_that_learns_more_stays_in_its_row()
    {
        site.Api.Reset();
        var page = await OpenAsync();
        var request = Sample.Request("http://one.example/", duration: 20);
        site.Api.Tell(request);
        await Expect(Requests(page)).ToContainTextAsync("20.0 ms");

        site.Api.Tell(request with { Phases = [new("read", 20, 480)] });

        await Expect(Requests(page)).ToContainTextAsync("500.0 ms");
        await Expect(Requests(page)).ToHaveCountAsync(1);
    }

    [BrowserFact]
    public async Task The_bar_opens_to_its_figures_with_the_keyboard_and_stays_in_front_of_its_reader()
    {
        site.Api.Reset();
        var page = await OpenAsync();
        site.Api.Tell([.. Enumerable.Range(0, 50).Select(i => Sample.Request($"http://older.example/{i}")), Sample.First("https://localhost:7480/weatherforecast")]);
        await Expect(Requests(page).First).ToContainTextAsync("weatherforecast");

        // By keyboard alone: from the box of the rows to the bar of the newest.
        await page.Locator("#network-requests").FocusAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");

        var row = Requests(page).Filter(new() { HasText = "weatherforecast" });
        var figures = row.Locator(".timing-figures");
        await Expect(figures.Locator("li")).ToHaveTextAsync(
        [
            "Queue 45.7 ms, after 0.0 ms", "DNS 3.9 ms, after 0.5 ms", "TCP 8.0 ms, after 4.6 ms", "TLS 31.3 ms, after 13.0 ms",
            "Send 0.4 ms, after 45.8 ms", "Wait 72.4 ms, after 46.3 ms", "Read 6.4 ms, after 118.7 ms",
        ]);
        await Expect(figures).ToBeVisibleAsync();
        await Screenshots.SaveAsync(page, "network-figures");
        var before = (await figures.BoundingBoxAsync())!;

        // What comes in now comes in above, out of sight.
        site.Api.Tell([.. Enumerable.Range(0, 200).Select(i => Sample.Request($"http://other.example/{i}"))]);
        await Expect(page.Locator("#network-count")).ToContainTextAsync("251 requests");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Show the newest" })).ToBeVisibleAsync();
        await Expect(figures).ToBeInViewportAsync();
        Assert.Equal(before.Y, (await figures.BoundingBoxAsync())!.Y, tolerance: 3);
        Assert.Equal("SUMMARY", await page.EvaluateAsync<string>("document.activeElement.tagName"));

        // And no trap: on with Tab, to the trace of this row.
        await page.Keyboard.PressAsync("Tab");
        Assert.StartsWith($"{NetworkSite.Dashboard}/traces/detail/", await page.EvaluateAsync<string>("document.activeElement.href"), StringComparison.Ordinal);

        await page.GetByRole(AriaRole.Button, new() { Name = "Show the newest" }).ClickAsync();
        await Expect(Requests(page).First).ToContainTextAsync("http://other.example/199");
    }

    [BrowserTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Beside_a_long_request_the_short_phases_are_still_drawn(bool script)
    {
        site.Api.Reset();
        site.Api.Tell(
            Sample.Request("http://timeout.example/", status: null, error: "timeout", duration: 100_000, phases: [new("wait", 0, 100_000, "timeout")]),
            Sample.Refused("http://refused.example/"),
            Sample.Request("http://short.example/", duration: 1, phases: [new("send", 0, 0.04), new("wait", 0.04, 0.9)]));
        var page = await OpenAsync(script: script);
        await Expect(Requests(page)).ToHaveCountAsync(3);

        // What has no width at all gets no outline either.
        var widths = await Requests(page).Locator(".timing-phase").EvaluateAllAsync<float[]>("phases => phases.map(phase => phase.width.baseVal.value)");
        Assert.Equal(6, widths.Length);
        Assert.DoesNotContain(0, widths);
    }

    [BrowserFact]
    public async Task Who_marks_text_to_copy_it_keeps_it_in_front_of_him()
    {
        site.Api.Reset();
        var page = await OpenAsync();
        site.Api.Tell([.. Enumerable.Range(0, 50).Select(i => Sample.Request($"http://older.example/{i}"))]);
        await Expect(Requests(page).First).ToContainTextAsync("http://older.example/49");

        await Requests(page).First.Locator(".timing-url").DblClickAsync();
        var marked = await page.EvaluateAsync<string>("getSelection().toString()");
        Assert.NotEqual("", marked);
        site.Api.Tell([.. Enumerable.Range(0, 200).Select(i => Sample.Request($"http://other.example/{i}"))]);
        await Expect(page.Locator("#network-count")).ToHaveTextAsync("250 requests");

        Assert.Equal(marked, await page.EvaluateAsync<string>("getSelection().toString()"));
        await Expect(Requests(page).Filter(new() { HasText = "http://older.example/49" })).ToBeInViewportAsync();

        // And what comes then is followed again.
        await page.GetByRole(AriaRole.Button, new() { Name = "Show the newest" }).ClickAsync();
        await Expect(Requests(page).First).ToContainTextAsync("http://other.example/199");
        site.Api.Tell(Sample.Request("http://newest.example/"));
        await Expect(Requests(page).First).ToContainTextAsync("http://newest.example/");
        Assert.Equal(0, await page.Locator("#network-requests").EvaluateAsync<double>("box => box.scrollTop"));
    }

    [BrowserFact]
    public async Task Filters_show_some_and_the_address_keeps_them()
    {
        site.Api.Reset();
        var page = await OpenAsync();
        site.Api.Tell(Sample.Request("http://fast.example/", duration: 5), Sample.Request("http://slow.example/", duration: 900), Sample.Refused("http://Down.example:81/"));
        await Expect(Requests(page)).ToHaveCountAsync(3);

        await page.GetByLabel("Slower than").FillAsync("100");
        await Expect(Requests(page)).ToHaveCountAsync(1);
        await Expect(Requests(page)).ToContainTextAsync("slow.example");
        await Expect(page.Locator("#network-announcement")).ToHaveTextAsync("1 of 3 requests.");

        await page.GetByLabel("Slower than").FillAsync("");
        await page.GetByLabel("Only failed").CheckAsync();
        await Expect(Requests(page)).ToHaveCountAsync(1);
        await Expect(Requests(page)).ToContainTextAsync("down.example:81", new() { IgnoreCase = true });

        await page.GetByLabel("Only failed").UncheckAsync();
        await page.GetByLabel("Host contains").FillAsync("FAST");
        await Expect(Requests(page)).ToHaveCountAsync(1);

        // What comes later is filtered, too.
        site.Api.Tell(Sample.Request("http://slow.example/2"), Sample.Request("http://fast.example/2"));
        await Expect(Requests(page)).ToHaveCountAsync(2);
        await Expect(page.Locator("#network-count")).ToContainTextAsync("2 of 5 requests");

        await page.GetByLabel("Service").SelectOptionAsync("webfrontend");
        await Expect(Requests(page)).ToHaveCountAsync(0);
        await Expect(page).ToHaveURLAsync(new Uri(site.Url, "/network?service=webfrontend&host=FAST").AbsoluteUri);

        await page.GetByLabel("Service").SelectOptionAsync("apiservice");
        await page.ReloadAsync();
        await Expect(page.Locator(".network-live")).ToBeVisibleAsync();
        await Expect(Requests(page)).ToHaveCountAsync(2);
    }

    [BrowserFact]
    public async Task Pause_holds_what_is_shown_and_clear_empties_it()
    {
        site.Api.Reset();
        var page = await OpenAsync();
        site.Api.Tell(Sample.Request("http://one.example/"));
        await Expect(Requests(page)).ToHaveCountAsync(1);

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        site.Api.Tell([Sample.Request("http://two.example/"), Sample.Request("http://three.example/")], [Sample.Connection("two.example")], [Sample.Finding("two.example")]);
        await Expect(page.Locator("#network-count")).ToContainTextAsync("paused, 2 new requests");
        await Expect(Requests(page)).ToHaveCountAsync(1);
        await Expect(Connections(page)).ToHaveCountAsync(0);

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(Requests(page)).ToHaveCountAsync(3);
        await Expect(Connections(page)).ToHaveCountAsync(1);
        await Expect(page.Locator(".finding")).ToHaveCountAsync(1);

        await page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
        await Expect(Requests(page)).ToHaveCountAsync(0);
        await Expect(page.Locator(".finding")).ToHaveCountAsync(0);
        await Expect(Connections(page)).ToHaveCountAsync(1);

        site.Api.Tell(Sample.Request("http://four.example/"));
        await Expect(Requests(page)).ToHaveCountAsync(1);
    }

    [BrowserFact]
    public async Task A_request_that_learns_more_while_paused_is_one_request()
    {
        site.Api.Reset();
        var page = await OpenAsync();
        var shown = Sample.Request("http://shown.example/", duration: 20);
        site.Api.Tell(shown);
        await Expect(Requests(page)).ToHaveCountAsync(1);

        // Each ends, and later its body has been read; the shown one ended before.
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        var one = Sample.Request("http://one.example/", duration: 20);
        site.Api.Tell(shown with { Phases = [new("read", 20, 480)] }, one, one with { Phases = [new("read", 20, 580)] }, Sample.Request("http://two.example/"));

        await Expect(page.Locator("#network-count")).ToHaveTextAsync("1 request, paused, 2 new requests");

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(Requests(page)).ToHaveCountAsync(3);
        await Expect(Requests(page).Filter(new() { HasText = "shown.example" })).ToContainTextAsync("500.0 ms");
        await Expect(Requests(page).Filter(new() { HasText = "one.example" })).ToContainTextAsync("600.0 ms");
    }

    [BrowserFact]
    public async Task The_focus_stays_in_the_table_when_its_connection_is_not_shown_any_more()
    {
        site.Api.Reset();
        var page = await OpenAsync();
        site.Api.Tell([], [Sample.Connection("old.example")], []);
        await Connections(page).Locator("summary").FocusAsync();

        site.Api.Tell([], [.. Enumerable.Range(0, 100).Select(i => Sample.Connection($"new{i}.example"))], []);
        await Expect(Connections(page)).ToHaveCountAsync(100);
        await Expect(Connections(page).Filter(new() { HasText = "old.example" })).ToHaveCountAsync(0);

        Assert.Equal("network-connections", await page.EvaluateAsync<string>("document.activeElement.id"));
    }

    [BrowserFact]
    public async Task What_was_opened_and_closed_while_paused_is_known_after_clear()
    {
        site.Api.Reset();
        var page = await OpenAsync();
        var ends = Sample.Connection("ends.example");
        site.Api.Tell([], [ends], []);
        await Expect(Connections(page)).ToHaveCountAsync(1);

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        site.Api.Tell([Sample.Request("http://one.example/")], [ends with { ClosedAt = DateTimeOffset.UtcNow }, Sample.Connection("begins.example")], []);
        await Expect(page.Locator("#network-count")).ToContainTextAsync("paused, 1 new request");
        await page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();

        await Expect(Connections(page)).ToContainTextAsync(["begins.example"]);
    }

    [BrowserFact]
    public async Task Findings_are_newest_first_whoever_tells_them_last()
    {
        site.Api.Reset();
        var page = await OpenAsync();
        site.Api.Tell([], [], [Sample.Finding("new.example") with { FoundAt = Sample.Start.AddMinutes(1) }]);
        await Expect(page.Locator(".finding")).ToHaveCountAsync(1);

        site.Api.Tell([], [], [.. Enumerable.Range(0, 30).Select(i => Sample.Finding($"old{i}.example") with { FoundAt = Sample.Start.AddSeconds(i) })]);

        await Expect(page.Locator(".finding")).ToHaveCountAsync(20);
        await Expect(page.Locator(".finding").First).ToContainTextAsync("new.example");
        await Expect(page.Locator(".finding").Last).ToContainTextAsync("old11.example");
    }

    [BrowserFact]
    public async Task Where_nobody_says_any_more_what_became_of_a_connection_it_is_unknown()
    {
        site.Api.Reset();
        var page = await OpenAsync();
        var connection = Sample.Connection("one.example");
        site.Api.Tell([], [connection], []);
        var state = Connections(page).Locator(".connection-state");
        await Expect(state).ToHaveTextAsync("open");

        // Its tracing is off and on again: it has forgotten its connections.
        site.Api.Reset(enabled: false);
        await Expect(state).ToHaveTextAsync("unknown");
        await Expect(Connections(page).Locator(".connection-age")).ToHaveTextAsync("–");
        site.Api.Reset();
        await Expect(page.Locator(".service[data-service=apiservice]")).ToContainTextAsync("Connection tracing is on");
        await Expect(state).ToHaveTextAsync("unknown");

        // One that serves is there.
        site.Api.Tell([], [connection with { Served = 2 }], []);
        await Expect(state).ToHaveTextAsync("open");

        // It ends and starts again: it knows nothing of them.
        var port = await site.StopApiAsync();
        await Expect(state).ToHaveTextAsync("unknown");
        await site.StartApiAsync(port);
        await Expect(page.Locator(".service[data-service=apiservice]")).ToContainTextAsync("Connection tracing is on");
        site.Api.Tell([], [Sample.Connection("two.example")], []);
        await Expect(state).ToHaveTextAsync(["open", "unknown"]);

        await page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
        await Expect(Connections(page)).ToContainTextAsync(["two.example"]);
    }

    [BrowserFact]
    public async Task What_has_the_focus_is_not_below_the_head_of_the_table()
    {
        site.Api.Reset();
        var page = await OpenAsync();
        site.Api.Tell([.. Enumerable.Range(0, 60).Select(i => Sample.Request($"http://many.example/{i}"))]);
        await Expect(page.Locator("#network-count")).ToHaveTextAsync("60 requests");

        await page.Locator("#network-requests").FocusAsync();
        await PressAsync("Tab", 60);
        for (var i = 0; i < 50; i++)
        {
            await PressAsync("Shift+Tab", 1);
            Assert.True(await page.EvaluateAsync<bool>("document.activeElement.closest('#network-requests tbody') !== null"), "The focus has left the rows.");
            var below = await page.EvaluateAsync<double>(
                "document.activeElement.getBoundingClientRect().top - document.querySelector('#network-requests thead th').getBoundingClientRect().bottom");
            Assert.True(below >= -1, $"What has the focus begins {-below} pixels below the head of the table.");
        }

        async Task PressAsync(string key, int times)
        {
            for (var i = 0; i < times; i++)
            {
                await page.Keyboard.PressAsync(key);

                // The page draws the rows around the focus in its next frame; faster than that, the focus is at the last of them and leaves.
                await page.EvaluateAsync("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
            }
        }
    }

    [BrowserFact]
    public async Task A_site_that_refuses_the_stream_says_why_and_is_asked_again()
    {
        site.Api.Reset();
        site.Api.Tell(Sample.Request("http://one.example/"));
        var page = await browser.OpenPageAsync(1400, ColorScheme.Light);
        await page.RouteAsync("**/network/events*", route => route.FulfillAsync(new() { Status = 503, ContentType = "application/problem+json", Body = """{"detail":"32 browsers look at it."}""" }));
        await page.GotoAsync(new Uri(site.Url, "/network").AbsoluteUri);

        await Expect(page.Locator("#network-problem")).ToHaveTextAsync("32 browsers look at it.");
        await Expect(Requests(page)).ToHaveCountAsync(1);

        await page.UnrouteAllAsync();
        await Expect(page.Locator("#network-problem")).ToBeHiddenAsync();
        await Expect(page.Locator(".network-live")).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task A_site_that_goes_on_refusing_is_said_once()
    {
        site.Api.Reset();
        var page = await browser.OpenPageAsync(1400, ColorScheme.Light);
        var refusals = 0;
        await page.RouteAsync("**/network/events*", route =>
        {
            Interlocked.Increment(ref refusals);
            return route.FulfillAsync(new() { Status = 503, ContentType = "application/problem+json", Body = """{"detail":"32 browsers look at it."}""" });
        });
        await page.GotoAsync(new Uri(site.Url, "/network").AbsoluteUri);
        var problem = page.Locator("#network-problem");
        await Expect(problem).ToHaveTextAsync("32 browsers look at it.");

        // A screen reader says an alert again whenever it changes.
        await problem.EvaluateAsync("alert => { window.alerts = []; new MutationObserver(() => alerts.push(alert.textContent)).observe(alert, { childList: true, characterData: true, subtree: true, attributes: true }); }");
        var before = Volatile.Read(ref refusals);
        await EventuallyAsync(() => Volatile.Read(ref refusals) >= before + 4, "the page to ask twice more");

        Assert.Empty(await page.EvaluateAsync<string[]>("alerts"));

        // When the site ends, that is another matter.
        await page.UnrouteAllAsync();
        await page.RouteAsync("**/network/events*", route => route.AbortAsync());
        await Expect(problem).ToContainTextAsync("The connection to this site is lost.");
    }

    [BrowserFact]
    public async Task More_rows_than_are_kept_drop_the_oldest_and_few_are_in_the_document()
    {
        site.Api.Reset();
        var page = await OpenAsync();

        for (var i = 0; i < 8; i++)
        {
            site.Api.Tell([.. Enumerable.Range(0, 500).Select(j => Sample.Request($"http://many.example/{(i * 500) + j}"))]);
        }

        await Expect(Requests(page).First).ToContainTextAsync("http://many.example/3999");
        await Expect(page.Locator("#network-count")).ToHaveTextAsync("3,000 requests, older ones are dropped");
        Assert.InRange(await Requests(page).CountAsync(), 10, 60);

        await page.Locator("#network-requests").EvaluateAsync("box => box.scrollTop = box.scrollHeight");
        await Expect(Requests(page).Last).ToContainTextAsync("http://many.example/1000");
        await Expect(Requests(page).Last).ToHaveAttributeAsync("aria-rowindex", "3001");
    }

    [BrowserTheory]
    [InlineData("Switch on for five minutes", """{"enabled":true,"for":"00:05:00"}""", true)]
    [InlineData("Switch on for good", """{"enabled":true,"for":null}""", true)]
    [InlineData("Switch on for five minutes", """{"enabled":true,"for":"00:05:00"}""", false)]
    public async Task A_service_whose_tracing_is_off_says_so_and_is_switched_on(string button, string command, bool script)
    {
        site.Api.Reset(enabled: false);
        var page = await OpenAsync(script: script);
        var state = page.Locator(".service[data-service=apiservice]");
        await Expect(state).ToContainTextAsync("Connection tracing is off");

        await state.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();

        await Expect(state).ToContainTextAsync("Connection tracing is on");
        await Expect(state.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        Assert.Equal(command, site.Api.Command);
        await Expect(page).ToHaveURLAsync(new Uri(site.Url, "/network").AbsoluteUri);
    }

    [BrowserFact]
    public async Task A_service_that_cannot_be_switched_on_is_named()
    {
        site.Api.Reset(enabled: false);
        site.Api.RefusesCommands = true;
        var page = await OpenAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Switch on for five minutes" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("Connection tracing could not be switched on in apiservice");
        await Expect(page.Locator(".service[data-service=apiservice]")).ToContainTextAsync("Connection tracing is off");
        await Screenshots.SaveAsync(page, "network-off");
    }

    [BrowserFact]
    public async Task Whether_the_webfrontend_traces_is_its_own_affair()
    {
        site.Api.Reset(enabled: false);
        var page = await OpenAsync();

        await Expect(page.Locator(".service[data-service=webfrontend]")).ToHaveAttributeAsync("data-mode", "on");
        await Expect(page.Locator(".service[data-service=apiservice]")).ToHaveAttributeAsync("data-mode", "off");

        // The switch of a service shows while the page is open.
        site.Api.Reset();
        await Expect(page.Locator(".service[data-service=apiservice]")).ToHaveAttributeAsync("data-mode", "on");
    }

    [BrowserFact]
    public async Task With_forced_colors_the_bars_keep_theirs_and_failures_their_cross()
    {
        site.Api.Reset();
        var page = await OpenAsync();
        await page.EmulateMediaAsync(new() { ForcedColors = ForcedColors.Active });
        site.Api.Tell([Sample.First("https://localhost:7480/weatherforecast"), Sample.Refused("http://localhost:5/stock")], [Sample.Connection("localhost")], [Sample.Finding("localhost")]);
        await Expect(Requests(page)).ToHaveCountAsync(2);

        var colours = await Requests(page).Last.Locator(".timing-phase").EvaluateAllAsync<string[]>("pieces => pieces.map(piece => getComputedStyle(piece).fill)");
        Assert.Equal(7, colours.Distinct().Count());
        await Expect(Requests(page).First.Locator(".timing-cross")).ToBeVisibleAsync();
        await Screenshots.SaveAsync(page, "network-forced-colors");
    }

    [BrowserFact]
    public async Task A_service_that_ends_and_comes_back_is_said_and_shown()
    {
        site.Api.Reset();
        var page = await OpenAsync();
        site.Api.Tell(Sample.Request("http://before.example/"));
        await Expect(Requests(page)).ToHaveCountAsync(1);

        var port = await site.StopApiAsync();
        var state = page.Locator(".service[data-service=apiservice]");
        await Expect(state).ToContainTextAsync("apiservice cannot be reached. Is it running?");
        await Expect(Requests(page)).ToHaveCountAsync(1);
        await Screenshots.SaveAsync(page, "network-down");

        await site.StartApiAsync(port);
        await Expect(state).ToContainTextAsync("Connection tracing is on");
        site.Api.Tell(Sample.Request("http://after.example/"));
        await Expect(Requests(page)).ToHaveCountAsync(2);
    }

    [BrowserFact]
    public async Task A_site_that_ends_and_comes_back_is_said_and_goes_on()
    {
        await using var api = await ScriptedService.StartAsync();
        var url = $"urls=http://127.0.0.1:{FreePort.Find()}";
        IPage page;
        await using (var web = await BuiltProgram.StartWebAsync(api.Url, url))
        {
            page = await browser.OpenPageAsync(1400, ColorScheme.Light);
            await page.GotoAsync(new Uri(web.Url, "/network").AbsoluteUri);
            api.Tell(Sample.Request("http://before.example/"));
            await Expect(Requests(page)).ToHaveCountAsync(1);

            await web.TerminateAsync();
            await Expect(page.Locator("#network-problem")).ToHaveTextAsync("The connection to this site is lost. The page goes on as soon as it is back.");
        }

        await using (await BuiltProgram.StartWebAsync(api.Url, url))
        {
            await Expect(page.Locator("#network-problem")).ToBeHiddenAsync();
            api.Tell(Sample.Request("http://after.example/"));
            await Expect(Requests(page)).ToHaveCountAsync(2);
        }
    }

    [BrowserFact]
    public async Task Without_script_it_is_a_table_with_filters_that_opens_to_figures()
    {
        site.Api.Reset();
        site.Api.Tell(
            [Sample.First("https://localhost:7480/weatherforecast"), Sample.Refused("http://down.example/")],
            [Sample.Connection("localhost")],
            [Sample.Finding("localhost")]);
        var page = await OpenAsync(script: false);

        await Expect(Requests(page)).ToHaveCountAsync(2);
        await Expect(Requests(page).First).ToContainTextAsync("down.example");
        await Expect(Connections(page)).ToHaveCountAsync(1);
        await Expect(page.Locator(".finding")).ToHaveCountAsync(1);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Pause" })).ToHaveCountAsync(0);
        await Expect(page.GetByText("Without script the page shows what was known")).ToBeVisibleAsync();

        await Requests(page).Last.Locator("summary").ClickAsync();
        await Expect(Requests(page).Last.Locator("li.phase-tls")).ToBeVisibleAsync();

        await page.GetByLabel("Only failed").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();
        await Expect(Requests(page)).ToHaveCountAsync(1);
        await Expect(page.GetByLabel("Only failed")).ToBeCheckedAsync();
        await AssertFitsAsync(page);
        await Screenshots.SaveAsync(page, "network-no-script");
    }

    [BrowserFact]
    public async Task Where_the_stream_does_not_come_the_page_stays_the_one_without_script()
    {
        site.Api.Reset();
        site.Api.Tell(Sample.Request("http://one.example/"), Sample.Refused("http://down.example/"));
        var page = await browser.OpenPageAsync(1400, ColorScheme.Light);
        await page.RouteAsync("**/network/events*", route => route.AbortAsync());
        await page.GotoAsync(new Uri(site.Url, "/network").AbsoluteUri);

        await Expect(page.Locator("#network-problem")).ToContainTextAsync("The connection to this site is lost.");
        await Expect(Requests(page)).ToHaveCountAsync(2);

        await page.GetByLabel("Only failed").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();
        await Expect(Requests(page)).ToHaveCountAsync(1);
    }

    [BrowserTheory]
    [InlineData(1400, true)]
    [InlineData(420, true)]
    [InlineData(1400, false)]
    [InlineData(420, false)]
    public async Task Hostile_names_and_addresses_are_text_and_break_nothing(int width, bool script)
    {
        const string Markup = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";
        var url = $"http://evil.example/{Markup}\u202Etxt.exe\u0000\u001B[31m\r\n\u2066'\"`{new string('w', 1800)}";
        site.Api.Reset();
        site.Api.Tell(
            [
                Sample.Request(url) with { Host = $"{Markup}\u202E{new string('h', 400)}", Method = $"{Markup}{new string('M', 300)}", ErrorType = Markup, Protocol = Markup, TraceId = "javascript:alert(1)" },
                Sample.Request("javascript:document.title='owned'") with { Phases = [new("\"><script>document.title='owned'</script>", -5, double.MaxValue, Markup)], Duration = double.MaxValue },
                Sample.Request("http://plain.example/", duration: 4),
            ],
            [Sample.Connection($"{Markup}\u202E{new string('h', 400)}") with { TlsProtocol = Markup, Protocol = Markup, PeerAddress = Markup, Scheme = "javascript" }],
            [Sample.Finding($"{Markup}{new string('h', 400)}", $"{Markup}{new string('x', 700)}") with { Evidence = Markup, Suggestion = Markup, TraceId = "\"><script>" }]);

        var page = await OpenAsync(width, script: script);
        await Expect(Requests(page)).ToHaveCountAsync(3);
        await Requests(page).Last.Locator("summary").ClickAsync();
        await Expect(Requests(page).Last.Locator(".timing-figures")).ToBeVisibleAsync();

        // As the very text, with what is invisible made visible.
        await Expect(Requests(page).Last.Locator(".timing-address")).ToContainTextAsync($"http://evil.example/{Markup}\\u202Etxt.exe\\u0000\\u001B[31m\\u000D\\u000A\\u2066'\"`www");
        await Expect(page.Locator(".finding-evidence")).ToContainTextAsync(Markup);
        Assert.Equal("Network · Connection tracing", await page.TitleAsync());
        Assert.Equal(0, await page.Locator("#network img, #network script, #network a[href^=javascript]").CountAsync());
        await AssertFitsAsync(page);
        await Screenshots.SaveAsync(page, $"network-hostile-{width}{(script ? "" : "-no-script")}");
    }

    [BrowserFact]
    public async Task What_is_opened_just_before_the_page_draws_stays_open()
    {
        site.Api.Reset();
        site.Api.Tell(Sample.Request("http://one.example/"), Sample.Request("http://two.example/"));
        var page = await OpenAsync();
        await Expect(Requests(page)).ToHaveCountAsync(2);

        // In one frame: the click, then the drawing. What the browser tells of the click comes after both.
        await Requests(page).Last.Locator("summary").EvaluateAsync("""
            summary => {
              requestAnimationFrame(() => summary.click());
              document.getElementById('network-requests').dispatchEvent(new Event('scroll'));
              return new Promise(drawn => requestAnimationFrame(() => setTimeout(drawn)));
            }
            """);

        await Expect(Requests(page).Last.Locator(".timing-figures")).ToBeVisibleAsync();
        await Expect(Requests(page).Last.Locator(".timing-address")).ToContainTextAsync(".example/");

        await Requests(page).Last.Locator("summary").ClickAsync();
        await Expect(Requests(page).Last.Locator(".timing-figures")).ToBeHiddenAsync();
    }

    [BrowserFact]
    public async Task A_browser_that_leaves_ends_its_streams()
    {
        site.Api.Reset();
        var others = site.Api.Readers;
        var page = await OpenAsync();
        site.Api.Tell(Sample.Request("http://one.example/"));
        await Expect(Requests(page)).ToHaveCountAsync(1);
        Assert.True(site.Api.Readers > others, "Nobody reads the service's events.");

        await page.Context.CloseAsync();

        await EventuallyAsync(() => site.Api.Readers <= others, "the stream from the service to end");
    }

    /// <summary>Rows in the document.</summary>
    private static ILocator Requests(IPage page) => page.Locator("#network-requests .timing-row");

    private static ILocator Connections(IPage page) => page.Locator("#network-connections .timing-row");

    private async Task<IPage> OpenAsync(int width = 1400, ColorScheme colorScheme = ColorScheme.Light, bool script = true)
    {
        var page = await browser.OpenPageAsync(width, colorScheme, script);
        page.PageError += (_, error) => throw new InvalidOperationException(error);
        await page.GotoAsync(new Uri(site.Url, "/network").AbsoluteUri);
        if (script)
        {
            // The first message replaces the rows of the static page, and what a test opened in them.
            await Expect(page.Locator(".network-live")).ToBeVisibleAsync();
        }

        return page;
    }

    private static async Task EventuallyAsync(Func<bool> condition, string what)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            Assert.False(timeout.IsCancellationRequested, $"Waited 30 s for {what}.");
            await Task.Delay(50, CancellationToken.None);
        }
    }

    private static async Task AssertFitsAsync(IPage page)
    {
        var widths = await page.EvaluateAsync<int[]>("[document.documentElement.scrollWidth, document.documentElement.clientWidth]");
        Assert.True(widths[0] <= widths[1], $"The page is {widths[0]} pixels wide, the window {widths[1]}: it scrolls sideways.");
    }
}
