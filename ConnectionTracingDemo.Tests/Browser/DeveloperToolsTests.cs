using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConnectionTracingDemo.Tests.FaultLab;
using ConnectionTracingDemo.Tests.Har;
using ConnectionTracingDemo.Tests.Hosting;
using Microsoft.Playwright;

namespace ConnectionTracingDemo.Tests.Browser;

/// <summary>Chromium's own developer tools import the HAR file of webfrontend, and show the same times.</summary>
[Collection(SharedDemo.Name)]
public sealed partial class DeveloperToolsTests(DemoApplication demo)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What the tab Timing calls the timings of the format.</summary>
    private static readonly Dictionary<string, string> Labels = new()
    {
        ["blocked"] = "Stalled",
        ["dns"] = "DNS lookup",
        ["connect"] = "Initial connection",
        ["ssl"] = "SSL",
        ["send"] = "Request sent",
        ["wait"] = "Waiting for server response",
        ["receive"] = "Content download",
    };

    [BrowserFact]
    public async Task Imported_requests_have_the_times_of_the_file()
    {
        var (har, entries) = await RecordAsync("small-pool", "cold-and-warm", "refused-port");
        using var playwright = await Playwright.CreateAsync();
        var port = FreePort.Find();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium.Program,
            Args = [.. BrowserFixture.Flags, $"--remote-debugging-port={port}", $"--remote-allow-origins=http://127.0.0.1:{port}"],
        });
        var tools = await OpenToolsAsync(browser, port);

        await tools.Locator("input[type=file]").First.SetInputFilesAsync(new FilePayload { Name = "requests.har", MimeType = "application/har+json", Buffer = har });

        var rows = tools.Locator(".network-log-grid tbody td.name-column");
        await Assertions.Expect(rows).ToHaveCountAsync(entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            await rows.Nth(i).ClickAsync();
            await tools.GetByRole(AriaRole.Tab, new() { Name = "Timing" }).ClickAsync();
            await AssertShowsAsync(tools.Locator(".network-timing-table"), entries[i]);
        }

        await rows.Filter(new() { HasText = "cold" }).ClickAsync();
        await AssertShowsAsync(tools.Locator(".network-timing-table"), entries.Single(entry => entry.GetProperty("request").Text("url")!.EndsWith("/cold", StringComparison.Ordinal)));
        await Screenshots.SaveAsync(tools, "har-devtools");
    }

    /// <summary>
    /// The file, with five requests of each of these runs: the tools keep the order of those that begin in the same millisecond only where there
    /// are ten at most.
    /// </summary>
    private async Task<(byte[] Har, IReadOnlyList<JsonElement> Entries)> RecordAsync(params string[] scenarios)
    {
        using var lab = new LabVisitor(demo.WebUrl);
        var requests = new HashSet<string>();
        foreach (var scenario in scenarios)
        {
            requests.UnionWith((await lab.RunAsync(scenario)).Requests.Take(5).Select(request => request.SpanId));
        }

        var har = JsonNode.Parse(await lab.GetHarAsync())!;
        var all = har["log"]!["entries"]!.AsArray();
        foreach (var entry in all.Where(entry => !requests.Contains(entry!["_spanId"]!.GetValue<string>())).ToList())
        {
            all.Remove(entry);
        }

        var entries = HarAssert.IsValid(har.ToJsonString());
        Assert.Equal(requests.Count, entries.Count);
        return (JsonSerializer.SerializeToUtf8Bytes(har), entries);
    }

    /// <summary>The panel Network for an empty page. Skips the test where the browser has no developer tools as a page.</summary>
    private static async Task<IPage> OpenToolsAsync(IBrowser browser, int port)
    {
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1400, Height = 640 } });
        context.SetDefaultTimeout((float)Patience.TotalMilliseconds);
        await (await context.NewPageAsync()).GotoAsync("data:text/html,<title>empty</title>");

        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var targets = await client.GetFromJsonAsync<JsonElement>("/json/list");
        var target = targets.EnumerateArray().First(target => target.Text("url")!.StartsWith("data:", StringComparison.Ordinal)).Text("id");

        var tools = await context.NewPageAsync();
        var response = await tools.GotoAsync($"{client.BaseAddress}devtools/devtools_app.html?ws=127.0.0.1:{port}/devtools/page/{target}&panel=network");
        Assert.SkipUnless(response!.Ok, $"This browser ({browser.Version}) has no developer tools as a page.");
        return tools;
    }

    private static async Task AssertShowsAsync(ILocator table, JsonElement entry)
    {
        using var timeout = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        IReadOnlyDictionary<string, (double Milliseconds, double Exact)> shown = new Dictionary<string, (double, double)>();
        try
        {
            do
            {
                shown = TimesIn(await table.InnerTextAsync());
            }
            while (!Shows(shown, entry) && await timer.WaitForNextTickAsync(timeout.Token));
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The developer tools show {string.Join(", ", shown.Select(time => $"{time.Key} {time.Value.Milliseconds} ms"))} for {entry}");
        }
    }

    private static bool Shows(IReadOnlyDictionary<string, (double Milliseconds, double Exact)> shown, JsonElement entry) =>
        Labels.All(label => entry.Timing(label.Key) is var time && (shown.TryGetValue(label.Value, out var seen)
            ? Math.Abs(seen.Milliseconds - Math.Max(0, time)) <= seen.Exact
            : time <= 0));

    /// <summary>By label. A second has two decimals, like a millisecond, and a microsecond none.</summary>
    private static Dictionary<string, (double Milliseconds, double Exact)> TimesIn(string table) =>
        Time().Matches(table).ToDictionary(match => match.Groups["label"].Value, match =>
        {
            var number = double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
            return match.Groups["unit"].Value switch
            {
                "s" => (number * 1_000, 6),
                "ms" => (number, 0.006),
                _ => (number / 1_000, 0.0011),
            };
        });

    [GeneratedRegex(@"(?<label>Stalled|DNS lookup|Initial connection|SSL|Request sent|Waiting for server response|Content download)[\s\u200B]+(?<number>[0-9.]+)[\s\u00A0](?<unit>s|ms|[\u00B5\u03BC]s)")]
    private static partial Regex Time();
}
