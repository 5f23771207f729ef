using ConnectionTracingDemo.Tests.ConnectionTracing.Page;
using Microsoft.Playwright;
using static ConnectionTracingDemo.Tests.Browser.ScriptedPage;
using static Microsoft.Playwright.Assertions;

namespace ConnectionTracingDemo.Tests.Browser;

/// <summary>The page: its table, details, filter, findings and services.</summary>
public sealed class PageTests(ScriptedPage site) : IClassFixture<ScriptedPage>
{
    private const string Markup = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";

    public static TheoryData<int, ColorScheme> Views => SiteTests.Views;

    [BrowserTheory]
    [MemberData(nameof(Views))]
    public async Task Rows_appear_as_requests_end_and_the_page_fits_its_window(int width, ColorScheme colorScheme)
    {
        site.Api.Reset();
        var page = await site.OpenAsync(width, colorScheme);
        await Expect(page.Locator("#empty")).ToContainTextAsync("No requests yet.");

        site.Api.Tell(
            [
                Sample.First("https://localhost:7480/weatherforecast"),
                Sample.Refused("http://localhost:5/stock"),
                Sample.Request("https://shop.example/api/orders/2026/11/21/with-a-path-that-goes-on-and-on/and-on?*", connection: 4, reused: false, duration: 95,
                    phases: [new("queue", 0, 64), new("dns", 0.5, 0.4), new("tcp", 1, 50, "timed_out"), new("tcp", 51, 12), new("send", 64, 0.3), new("wait", 65, 29)]),
                Sample.Request("https://localhost:7480/busy", status: 503, error: "503", duration: 12),
            ],
            [Sample.Connection("localhost")],
            [Sample.Finding("localhost")]);

        await Expect(Rows(page)).ToHaveCountAsync(4);
        await Expect(page.Locator("#findings .finding")).ToHaveCountAsync(1);
        await SiteTests.AssertFitsAsync(page);
        var first = Rows(page).Filter(new() { HasText = "weatherforecast" });
        await Expect(first).ToContainTextAsync("125.1 ms");
        await Expect(first.Locator("timing-bar")).ToHaveAttributeAsync("aria-label", "125.1 ms: Queue 45.7 ms, after 0.0 ms; DNS 3.9 ms, after 0.5 ms; TCP 8.0 ms, after 4.6 ms; TLS 31.3 ms, after 13.0 ms; Send 0.4 ms, after 45.8 ms; Wait 72.4 ms, after 46.3 ms; Read 6.4 ms, after 118.7 ms");
        var refused = Rows(page).Filter(new() { HasText = "localhost:5" });
        await Expect(refused.Locator(".cell-status")).ToHaveTextAsync("none");
        await Expect(refused.Locator(".timing-phase-failed")).ToHaveCountAsync(1);
        await Expect(refused.Locator(".timing-cross")).ToHaveCountAsync(1);
        await Screenshots.SaveAsync(page, SiteTests.Name("page-scripted", width, colorScheme));

        await first.ClickAsync();
        await Expect(Details(page)).ToBeVisibleAsync();
        await SiteTests.AssertFitsAsync(page);
        await Screenshots.SaveAsync(page, SiteTests.Name("page-details", width, colorScheme));
    }

    [BrowserFact]
    public async Task Request_whose_body_is_read_later_stays_one_row()
    {
        var page = await site.OpenEmptyAsync();
        var request = Sample.Request("http://one.example/", duration: 20);
        site.Api.Tell(request);
        await Expect(Rows(page)).ToContainTextAsync("20.0 ms");

        site.Api.Tell(request with { Phases = [new("read", 20, 480)] });

        await Expect(Rows(page)).ToContainTextAsync("500.0 ms");
        await Expect(Rows(page)).ToHaveCountAsync(1);
    }

    [BrowserFact]
    public async Task Newest_row_is_in_view_until_the_reader_scrolls_and_then_nothing_moves()
    {
        var page = await site.OpenEmptyAsync();
        site.Api.Tell([.. Enumerable.Range(0, 100).Select(i => Sample.Request($"http://older.example/{i}"))]);
        await Expect(Row(page, "http://older.example/99")).ToBeInViewportAsync();
        site.Api.Tell([.. Enumerable.Range(0, 100).Select(i => Sample.Request($"http://old.example/{i}"))]);
        await Expect(Row(page, "http://old.example/99")).ToBeInViewportAsync();

        await page.Locator(".rows-box").EvaluateAsync("box => { box.scrollTop = 50 * 30 + 7; }");
        await Expect(Row(page, "http://older.example/50")).ToBeInViewportAsync();
        var before = await PlaceAsync(page, "http://older.example/60");
        // A slow request that began long ago takes its place among the rows above.
        site.Api.Tell([.. Enumerable.Range(0, 100).Select(i => Sample.Request($"http://new.example/{i}")), .. Enumerable.Range(0, 5).Select(i => Sample.Request($"http://slow.example/{i}", duration: 60_000))]);
        await Expect(Count(page)).ToHaveTextAsync("305 requests");
        Assert.Equal(before, await PlaceAsync(page, "http://older.example/60"), tolerance: 1);

        await Button(page, "Show the newest").ClickAsync();
        await Expect(Row(page, "http://new.example/99")).ToBeInViewportAsync();
        site.Api.Tell(Sample.Request("http://newest.example/"));
        await Expect(Row(page, "http://newest.example/")).ToBeInViewportAsync();
    }

    [BrowserFact]
    public async Task Keyboard_moves_through_the_rows_and_opens_the_details()
    {
        var page = await site.OpenEmptyAsync();
        var last = Sample.First("https://localhost:7480/weatherforecast");
        site.Api.Tell([.. Enumerable.Range(0, 50).Select(i => Sample.Request($"http://older.example/{i}")), last with { Start = last.Start.AddMinutes(1) }]);
        await Expect(Count(page)).ToHaveTextAsync("51 requests");

        await page.Locator("#requests").FocusAsync();
        await page.Keyboard.PressAsync("End");
        await page.Keyboard.PressAsync("Enter");

        await Expect(Details(page).GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync("GET https://localhost:7480/weatherforecast");
        await Expect(Details(page).Locator(".phase-table tbody tr")).ToHaveTextAsync(["Queue45.7 ms0.0 ms", "DNS3.9 ms0.5 ms", "TCP8.0 ms4.6 ms", "TLS31.3 ms13.0 ms", "Send0.4 ms45.8 ms", "Wait72.4 ms46.3 ms", "Read6.4 ms118.7 ms"]);
        await Expect(page.Locator("#announcement")).ToContainTextAsync("GET https://localhost:7480/weatherforecast: 125.1 ms: Queue 45.7 ms");

        // The details follow the arrow keys, and what the keyboard is on keeps its place while rows come.
        await page.Keyboard.PressAsync("ArrowUp");
        await Expect(Details(page).GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync("GET http://older.example/49");
        var selected = await page.Locator("#requests [aria-selected=true]").GetAttributeAsync("id");
        Assert.Equal(selected, await page.Locator("#requests").GetAttributeAsync("aria-activedescendant"));
        site.Api.Tell([.. Enumerable.Range(0, 100).Select(i => Sample.Request($"http://other.example/{i}"))]);
        await Expect(Count(page)).ToHaveTextAsync("151 requests");
        await Expect(Row(page, "http://older.example/49")).ToBeInViewportAsync();

        await page.Keyboard.PressAsync("Escape");
        await Expect(Details(page)).ToBeHiddenAsync();
    }

    [BrowserFact]
    public async Task Details_name_connection_attempts_and_findings_and_link_to_the_trace()
    {
        var page = await site.OpenEmptyAsync();
        var opener = Sample.First("https://localhost:7480/first");
        var connection = Sample.Connection("localhost", served: 27) with { Id = 1, InitiatedBy = new(opener.TraceId, opener.SpanId, null, null) };
        var failing = Sample.Refused("http://localhost:5/stock");
        var attempt = Sample.Connection("localhost", served: 0, error: "connection_refused") with
        {
            Id = null, Port = 5, Phases = [new("tcp", 0.5, 6.1, "connection_refused")], InitiatedBy = new(failing.TraceId, failing.SpanId, null, null),
        };
        var request = Sample.Request("https://localhost:7480/it's?*", duration: 33, phases: [new("send", 0, 0.2), new("wait", 0.2, 32.8)]) with { Connection = connection.SpanId, Start = connection.OpenedAt.AddSeconds(12) };
        site.Api.Tell([opener with { Connection = connection.SpanId }, failing, request], [connection, attempt], [Sample.Finding("localhost") with { SpanId = failing.SpanId, TraceId = failing.TraceId }]);

        await Row(page, "it's").ClickAsync();
        await Expect(Details(page)).ToContainTextAsync("12 s when the request was sent");
        await Expect(Details(page)).ToContainTextAsync("127.0.0.1");
        await Expect(Details(page)).ToContainTextAsync("reused: an earlier request had used it");
        await Expect(Details(page).Locator(".curl")).ToHaveTextAsync(@"curl --verbose --http1.1 --request 'GET' 'https://localhost:7480/it'\''s'");
        await Expect(Details(page).GetByRole(AriaRole.Link, new() { Name = "Open in the dashboard" }).First).ToHaveAttributeAsync("href", $"{Dashboard}/traces/detail/{request.TraceId}");
        await Expect(Row(page, "it's").GetByRole(AriaRole.Link, new() { Name = "Trace" })).ToHaveAttributeAsync("href", $"{Dashboard}/traces/detail/{request.TraceId}");

        await Details(page).GetByRole(AriaRole.Button, new() { Name = "GET https://localhost:7480/first" }).ClickAsync();
        await Expect(Details(page).GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync("GET https://localhost:7480/first");

        await Row(page, "localhost:5").ClickAsync();
        await Expect(Details(page).GetByRole(AriaRole.Heading, new() { Name = "Attempts that failed" })).ToBeVisibleAsync();
        await Expect(Details(page).Locator(".finding")).ToContainTextAsync("Keep connections longer: PooledConnectionIdleTimeout.");
        await Button(page, "Close the details").ClickAsync();
        await Expect(Details(page)).ToBeHiddenAsync();
    }

    [BrowserFact]
    public async Task Open_details_show_what_is_learned_later()
    {
        var page = await site.OpenEmptyAsync();
        var request = Sample.First("https://localhost:7480/first");
        var connection = Sample.Connection("localhost") with { InitiatedBy = new(request.TraceId, request.SpanId, null, null) };
        site.Api.Tell([request with { Connection = connection.SpanId }], [connection], []);
        await Row(page, "first").ClickAsync();
        await Expect(Fact(page, "State")).ToHaveTextAsync("open");
        await Expect(Fact(page, "Opened by")).ToHaveTextAsync("this request");

        site.Api.Tell([], [connection with { ClosedAt = connection.OpenedAt.AddSeconds(2) }], [Sample.Finding("localhost") with { SpanId = request.SpanId, TraceId = request.TraceId }]);

        await Expect(Fact(page, "State")).ToHaveTextAsync("closed");
        await Expect(Details(page).Locator(".finding")).ToHaveCountAsync(1);
    }

    [BrowserFact]
    public async Task Filters_select_requests_and_the_address_keeps_them()
    {
        var page = await site.OpenEmptyAsync();
        var post = Sample.Request("http://fast.example/order", duration: 5) with { Method = "POST" };
        site.Api.Tell(post, Sample.Request("http://slow.example/", duration: 900), Sample.Refused("http://Down.example:81/"), Sample.Request("http://busy.example/", status: 503, error: "503"));
        await Expect(Rows(page)).ToHaveCountAsync(4);

        await page.GetByLabel("Slower than").FillAsync("100");
        await Expect(Rows(page)).ToContainTextAsync(["slow.example"]);
        await Expect(page.Locator("#announcement")).ToHaveTextAsync("1 of 4 requests, 0 findings.");
        await page.GetByLabel("Slower than").FillAsync("");
        await page.GetByLabel("Failed", new() { Exact = true }).CheckAsync();
        await Expect(Rows(page)).ToHaveCountAsync(2);
        await page.GetByLabel("Status").SelectOptionAsync("5xx");
        await Expect(Rows(page)).ToContainTextAsync(["busy.example"]);
        await Button(page, "Show all").ClickAsync();
        await Expect(Rows(page)).ToHaveCountAsync(4);
        await page.GetByLabel("Method").SelectOptionAsync("POST");
        await Expect(Rows(page)).ToContainTextAsync(["fast.example"]);
        await Button(page, "Show all").ClickAsync();
        await page.GetByLabel("Filter by").FillAsync("EXAMPLE down");
        await Expect(Rows(page)).ToContainTextAsync(["Down.example:81"]);
        await page.GetByLabel("Filter by").FillAsync(post.TraceId);
        await Expect(Rows(page)).ToContainTextAsync(["fast.example"]);

        // What comes later is filtered, too.
        await page.GetByLabel("Filter by").FillAsync("fast");
        site.Api.Tell(Sample.Request("http://slow.example/2"), Sample.Request("http://fast.example/2"));
        await Expect(Count(page)).ToHaveTextAsync("2 of 6 requests");
        await page.GetByLabel("Service", new() { Exact = true }).SelectOptionAsync("webfrontend");
        await Expect(Rows(page)).ToHaveCountAsync(0);
        await Expect(page).ToHaveURLAsync(site.Site.Url($"{PageSite.Path}?text=fast&service=webfrontend").AbsoluteUri);

        await page.GetByLabel("Service", new() { Exact = true }).SelectOptionAsync("apiservice");
        await page.ReloadAsync();
        await Expect(Count(page)).ToHaveTextAsync("2 of 6 requests");
    }

    [BrowserFact]
    public async Task Columns_sort_and_keep_their_order_while_rows_come()
    {
        var page = await site.OpenEmptyAsync();
        site.Api.Tell(Sample.Request("http://b.example/", duration: 5), Sample.Request("http://c.example/", duration: 900), Sample.Request("http://a.example/", duration: 50));
        await Expect(Rows(page)).ToHaveCountAsync(3);

        await Button(page, "Total").ClickAsync();
        await Button(page, "Total").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Total" })).ToHaveAttributeAsync("aria-sort", "descending");
        Assert.Equal(["http://c.example/", "http://a.example/", "http://b.example/"], await UrlsAsync(page));
        site.Api.Tell(Sample.Request("http://d.example/", duration: 100));
        await Expect(Rows(page)).ToHaveCountAsync(4);
        Assert.Equal(["http://c.example/", "http://d.example/", "http://a.example/", "http://b.example/"], await UrlsAsync(page));

        await Button(page, "Request").ClickAsync();
        Assert.Equal(["http://a.example/", "http://b.example/", "http://c.example/", "http://d.example/"], await UrlsAsync(page));
    }

    [BrowserFact]
    public async Task Pause_holds_what_is_shown_and_clear_removes_it()
    {
        var page = await site.OpenEmptyAsync();
        var shown = Sample.Request("http://one.example/", duration: 20);
        site.Api.Tell(shown);
        await Expect(Rows(page)).ToHaveCountAsync(1);

        await Button(page, "Pause").ClickAsync();
        var two = Sample.Request("http://two.example/", duration: 20);
        site.Api.Tell([two, two with { Phases = [new("read", 20, 580)] }, Sample.Request("http://three.example/")], [], [Sample.Finding("two.example")]);
        await Expect(Count(page)).ToHaveTextAsync("1 request, paused, 2 new requests");
        await Expect(Rows(page)).ToHaveCountAsync(1);
        await Expect(page.Locator("#findings .finding")).ToHaveCountAsync(0);

        await Button(page, "Pause").ClickAsync();
        await Expect(Rows(page)).ToHaveCountAsync(3);
        await Expect(Row(page, "two.example")).ToContainTextAsync("600.0 ms");
        await Expect(page.Locator("#findings .finding")).ToHaveCountAsync(1);

        await Button(page, "Clear").ClickAsync();
        await Expect(Rows(page)).ToHaveCountAsync(0);
        await Expect(page.Locator("#findings .finding")).ToHaveCountAsync(0);
        site.Api.Tell(Sample.Request("http://four.example/"));
        await Expect(Rows(page)).ToHaveCountAsync(1);
    }

    [BrowserFact]
    public async Task Findings_lead_to_their_requests_and_a_healthy_service_is_reported_as_such()
    {
        var page = await site.OpenEmptyAsync();
        var request = Sample.First("https://shop.example:7480/slow");
        site.Api.Tell(Sample.Request("http://other.example/"), request);
        await Expect(page.Locator("#findings .healthy")).ToHaveTextAsync("No findings in 2 requests.");

        site.Api.Tell([], [], [
            Sample.Finding("shop.example", "The newer one.") with { SpanId = request.SpanId, FoundAt = Sample.Start.AddMinutes(1) },
            Sample.Finding("shop.example", "The older one."),
        ]);
        await Expect(page.Locator("#findings .finding-summary")).ToHaveTextAsync(["The newer one.", "The older one."]);
        await Expect(page.Locator("#findings .healthy")).ToBeHiddenAsync();
        // The request of the older one is not on the page.
        await Expect(Button(page, "Show the request")).ToHaveCountAsync(1);

        // Also when the filter hides it.
        await page.GetByLabel("Filter by").FillAsync("other");
        await Expect(Rows(page)).ToHaveCountAsync(1);
        await Button(page, "Show the request").ClickAsync();
        await Expect(Details(page).GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync("GET https://shop.example:7480/slow");
        await Expect(page.Locator("#requests [aria-selected=true]")).ToContainTextAsync("shop.example");

        await Button(page, "All requests to this host").First.ClickAsync();
        await Expect(Count(page)).ToHaveTextAsync("1 of 2 requests");
    }

    [BrowserTheory]
    [InlineData("Trace for 5 minutes", """{"enabled":true,"for":"00:05:00"}""")]
    [InlineData("Switch on", """{"enabled":true,"for":null}""")]
    public async Task Service_that_does_not_trace_can_be_switched_on(string button, string command)
    {
        site.Api.Reset(enabled: false);
        var page = await site.OpenAsync();
        var service = page.Locator("[data-service=apiservice]");
        await Expect(service).ToContainTextAsync("Off: its requests are not recorded.");

        await service.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();

        await Expect(service).ToContainTextAsync("On.");
        Assert.Equal(command, site.Api.Command);
        await Expect(service.GetByRole(AriaRole.Button, new() { Name = "Switch off" })).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Service_that_refuses_the_switch_is_named()
    {
        site.Api.Reset(enabled: false);
        site.Api.RefusesCommands = true;
        var page = await site.OpenAsync();

        await page.Locator("[data-service=apiservice]").GetByRole(AriaRole.Button, new() { Name = "Switch on" }).ClickAsync();

        await Expect(page.Locator("#switch-problem")).ToContainTextAsync("apiservice could not be switched.");
    }

    [BrowserFact]
    public async Task Only_rows_in_view_are_in_the_document_and_the_oldest_are_dropped()
    {
        var page = await site.OpenEmptyAsync();
        for (var i = 0; i < 110; i++)
        {
            site.Api.Tell([.. Enumerable.Range(i * 100, 100).Select(number => Sample.Request($"http://many.example/{number}"))]);
        }

        await Expect(Count(page)).ToHaveTextAsync("10,000 requests, older ones are dropped");
        await Expect(Row(page, "http://many.example/10999")).ToBeInViewportAsync();
        Assert.InRange(await Rows(page).CountAsync(), 10, 60);
        await Expect(page.Locator("#requests")).ToHaveAttributeAsync("aria-rowcount", "10001");
    }

    [BrowserTheory]
    [InlineData(1400)]
    [InlineData(420)]
    public async Task Hostile_names_and_addresses_are_shown_as_text(int width)
    {
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
        var page = await site.OpenAsync(width);
        await Expect(Count(page)).ToContainTextAsync("3 requests");

        await page.GetByLabel("Filter by").FillAsync("evil.example");
        await Expect(Rows(page)).ToHaveCountAsync(1);
        await Rows(page).ClickAsync();

        // As the very text, with what is invisible made visible.
        await Expect(Details(page).GetByRole(AriaRole.Heading, new() { Level = 2 })).ToContainTextAsync($"http://evil.example/{Markup}\\u202Etxt.exe\\u0000\\u001B[31m\\u000D\\u000A\\u2066'\"`www");
        await Expect(page.Locator("#findings .finding-evidence")).ToHaveTextAsync(Markup);
        await View(page, "Connections").CheckAsync();
        await Expect(page.Locator(".lane").First).ToBeVisibleAsync();
        Assert.Equal("Network · webfrontend", await page.TitleAsync());
        Assert.Equal(0, await page.Locator("body img, body script, a[href^=javascript]").CountAsync());
        await SiteTests.AssertFitsAsync(page);
        await Screenshots.SaveAsync(page, $"page-hostile-{width}");
    }

    [BrowserFact]
    public async Task Page_that_is_closed_ends_its_streams()
    {
        var page = await site.OpenEmptyAsync();
        await ReadersAsync(1);

        await page.Context.CloseAsync();

        await ReadersAsync(0);

        async Task ReadersAsync(int wanted)
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (site.Api.Readers != wanted)
            {
                Assert.False(timeout.IsCancellationRequested, $"Waited 30 s for {wanted} readers of apiservice, there are {site.Api.Readers}.");
                await Task.Delay(50, CancellationToken.None);
            }
        }
    }

    [BrowserFact]
    public async Task Refused_stream_is_reported_with_its_reason_and_asked_for_again()
    {
        site.Api.Reset();
        site.Api.Tell(Sample.Request("http://one.example/"));
        var page = await site.OpenAsync();
        await Expect(Rows(page)).ToHaveCountAsync(1);
        await page.RouteAsync("**/page/events*", route => route.FulfillAsync(new() { Status = 503, ContentType = "application/problem+json", Body = """{"detail":"At most 16 clients read these events at a time."}""" }));

        await page.ReloadAsync();
        await Expect(page.Locator("#problem")).ToHaveTextAsync("At most 16 clients read these events at a time.");

        await page.UnrouteAllAsync();
        await Expect(Rows(page)).ToHaveCountAsync(1);
        await Expect(page.Locator("#problem")).ToBeHiddenAsync();
    }

    [BrowserFact]
    public async Task Session_that_has_ended_is_reported_as_such()
    {
        site.Api.Reset(enabled: false);
        var page = await site.OpenAsync();
        await page.RouteAsync("**/page/services/*", route => route.FulfillAsync(new() { Status = 401 }));

        await page.Locator("[data-service=apiservice]").GetByRole(AriaRole.Button, new() { Name = "Switch on" }).ClickAsync();
        await Expect(page.Locator("#switch-problem")).ToHaveTextAsync("apiservice could not be switched. This service answers with status 401.");

        await page.RouteAsync("**/page/events*", route => route.FulfillAsync(new() { Status = 401 }));
        await page.ReloadAsync();
        await Expect(page.Locator("#problem")).ToHaveTextAsync("This service answers with status 401.");
    }

    [BrowserFact]
    public async Task With_forced_colors_the_bars_keep_their_colors()
    {
        var page = await site.OpenEmptyAsync();
        await page.EmulateMediaAsync(new() { ForcedColors = ForcedColors.Active });
        site.Api.Tell(Sample.First("https://localhost:7480/weatherforecast"));
        await Expect(Rows(page)).ToHaveCountAsync(1);

        var colors = await page.EvaluateAsync<string[]>("['dns', 'tls', 'wait'].map(phase => getComputedStyle(document.querySelector(`#requests .phase-${phase}`)).fill)");

        Assert.Equal(3, colors.Distinct().Count());
    }

    private static ILocator Row(IPage page, string text) => Rows(page).Filter(new() { Has = page.GetByText(text) });

    private static ILocator Fact(IPage page, string name) => Details(page).Locator($"dt:text-is('{name}') + dd").First;

    private static async Task<float> PlaceAsync(IPage page, string url) => (await Row(page, url).BoundingBoxAsync())!.Y;
}
