#:project ../ConnectionTracingDemo.ServiceDefaults
#:package Microsoft.Playwright@1.64.1
#:property PublishAot=false

// Does the page keep up? A service with the library sends requests to itself, and Chromium shows its page.
//   dotnet run -c Release bench/network-load.cs -- [requests per second] [seconds] [Chromium]
// See docs/network.md.

using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

var rate = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 500;
var seconds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 60;
var chromium = args.Length > 2 ? args[2] : "/usr/bin/chromium";

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
builder.Logging.ClearProviders();
builder.AddServiceDefaults();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
await using var service = builder.Build();
service.MapDefaultEndpoints();
service.MapGet("/x/{number}", (int number) => Results.Text($"hello {number}"));
await service.StartAsync();
var port = new Uri(service.Urls.Single()).Port;

using var playwright = await Playwright.CreateAsync();
await using var browser = await playwright.Chromium.LaunchAsync(new()
{
    ExecutablePath = chromium,
    Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1400, Height = 900 } });
page.PageError += (_, error) => Console.WriteLine($"The page's script failed: {error}");
await page.GotoAsync($"http://127.0.0.1:{port}/connection-tracing");
await page.Locator(".service[data-mode=on]").WaitForAsync();
var cdp = await page.Context.NewCDPSessionAsync(page);
await cdp.SendAsync("Performance.enable");

using var client = new HttpClient { BaseAddress = new Uri($"http://localhost:{port}") };
var last = -1;
var total = rate * seconds;
var mostBehind = 0.0;
var clock = Stopwatch.StartNew();
Console.WriteLine("second    sent  newest row  behind ms  rows in document  JS heap MB  after GC MB  script s  layout s  service MB");
var sending = Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(SendAsync)));
for (var second = 10; second <= seconds; second += 10)
{
    while (clock.Elapsed.TotalSeconds < second - 1)
    {
        await Task.Delay(200);
        var sent = Math.Min(last, total);
        mostBehind = Math.Max(mostBehind, Math.Max(0, sent - await NewestAsync()) * 1000.0 / rate);
    }

    await MeasureAsync();
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Most behind: {mostBehind:0} ms"));
Console.WriteLine($"Scrolling while requests arrive: {await ScrollAsync()}");
await sending;
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{total} requests in {clock.Elapsed.TotalSeconds:0.0} s"));
await page.GetByRole(AriaRole.Button, new() { Name = "Show the newest" }).ClickAsync();
await page.Locator("#requests .row").Filter(new() { HasText = $"/x/{total - 1}" }).First.WaitForAsync();
Console.WriteLine($"The page shows: {await page.Locator("#count").InnerTextAsync()}");
Console.WriteLine($"Scrolling afterwards: {await ScrollAsync()}");

async Task SendAsync()
{
    while (Interlocked.Increment(ref last) is var number && number < total)
    {
        // Each has its time, however late those before it are.
        var early = TimeSpan.FromSeconds((double)number / rate) - clock.Elapsed;
        if (early > TimeSpan.FromMilliseconds(1))
        {
            await Task.Delay(early);
        }

        await client.GetStringAsync($"/x/{number}");
    }
}

Task<int> NewestAsync() => page.EvaluateAsync<int>("Math.max(-1, ...[...document.querySelectorAll('#requests .row .url')].map(url => Number(url.textContent.split('/').pop())))");

async Task MeasureAsync()
{
    var sent = Math.Min(last, total);
    var newest = await NewestAsync();
    var rows = await page.Locator("#requests .row").CountAsync();
    var before = await MetricsAsync();
    await cdp.SendAsync("HeapProfiler.collectGarbage");
    var after = await MetricsAsync();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{clock.Elapsed.TotalSeconds,6:0} {sent,7} {newest,11} {Math.Max(0, sent - newest) * 1000.0 / rate,10:0} {rows,17} {before["JSHeapUsedSize"] / 1e6,11:0.0} {after["JSHeapUsedSize"] / 1e6,12:0.0} {after["ScriptDuration"],9:0.0} {after["LayoutDuration"] + after["RecalcStyleDuration"],9:0.0} {Environment.WorkingSet / 1e6,11:0}"));
}

// 200 pixels in each frame, for four seconds.
async Task<string> ScrollAsync()
{
    var figures = await page.EvaluateAsync<double[]>("""
        new Promise(done => {
          const box = document.querySelector('.rows-box');
          box.scrollTop = 0;
          const start = performance.now();
          let [frames, longest, before] = [0, 0, start];
          requestAnimationFrame(function frame(now) {
            longest = Math.max(longest, now - before);
            [frames, before] = [frames + 1, now];
            box.scrollTop += 200;
            if (now - start < 4000) requestAnimationFrame(frame);
            else done([frames / ((now - start) / 1000), longest]);
          });
        })
        """);
    return string.Create(CultureInfo.InvariantCulture, $"{figures[0]:0} frames a second, the longest took {figures[1]:0} ms");
}

async Task<Dictionary<string, double>> MetricsAsync()
{
    var answer = (await cdp.SendAsync("Performance.getMetrics"))!.Value;
    return answer.GetProperty("metrics").EnumerateArray().ToDictionary(metric => metric.GetProperty("name").GetString()!, metric => metric.GetProperty("value").GetDouble());
}
