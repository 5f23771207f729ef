#:project ../ConnectionTracingDemo.ServiceDefaults
#:package Microsoft.Playwright@1.64.1
#:property PublishAot=false

// Does the Network page keep up? Stands for apiservice, sends requests to itself, and looks at the page in Chromium.
//   dotnet build -c Release ConnectionTracingDemo.Web
//   dotnet run -c Release bench/network-load.cs -- [requests per second] [seconds] [Chromium]
// See docs/network.md.

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
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

using var web = await StartWebAsync();
try
{
    using var playwright = await Playwright.CreateAsync();
    await using var browser = await playwright.Chromium.LaunchAsync(new()
    {
        ExecutablePath = chromium,
        Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    });
    var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1400, Height = 900 } });
    page.PageError += (_, error) => Console.WriteLine($"The page's script failed: {error}");
    await page.GotoAsync($"{web.Url}network");
    await page.Locator(".service[data-service=apiservice][data-mode=on]").WaitForAsync();
    var cdp = await page.Context.NewCDPSessionAsync(page);
    await cdp.SendAsync("Performance.enable");

    using var client = new HttpClient { BaseAddress = new Uri($"http://localhost:{port}") };
    var last = -1;
    var total = rate * seconds;
    var clock = Stopwatch.StartNew();
    Console.WriteLine("second    sent  newest row  behind ms  rows in document  JS heap MB  after GC MB  script s  layout s  Web MB  service MB");
    await MeasureAsync();
    var sending = Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(SendAsync)));
    for (var second = 10; second <= seconds; second += 10)
    {
        await Task.Delay(TimeSpan.FromSeconds(Math.Max(0, second - clock.Elapsed.TotalSeconds)));
        await MeasureAsync();
    }

    await sending;
    Console.WriteLine($"{total} requests in {clock.Elapsed.TotalSeconds:0.0} s");
    await page.Locator("#network-requests .timing-row").Filter(new() { HasText = $"/x/{total - 1}" }).First.WaitForAsync();
    Console.WriteLine($"The page says: {await page.Locator("#network-count").InnerTextAsync()}");
    await MeasureAsync();

    async Task SendAsync()
    {
        while (Interlocked.Increment(ref last) is var number && number < total)
        {
            // Each has its time, whatever became of those before it.
            var early = TimeSpan.FromSeconds((double)number / rate) - clock.Elapsed;
            if (early > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(early);
            }

            await client.GetStringAsync($"/x/{number}");
        }
    }

    async Task MeasureAsync()
    {
        var sent = Math.Min(last, total);
        var newest = await page.Locator("#network-requests .timing-row .timing-url").EvaluateAllAsync<int[]>("urls => urls.map(url => Number(url.textContent.split('/').pop()))");
        var before = await MetricsAsync();
        await cdp.SendAsync("HeapProfiler.collectGarbage");
        var after = await MetricsAsync();
        web.Process.Refresh();
        var row = newest.DefaultIfEmpty(-1).Max();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{clock.Elapsed.TotalSeconds,6:0} {sent,7} {row,11} {Math.Max(0, sent - row) * 1000.0 / rate,10:0} {newest.Length,17} {before["JSHeapUsedSize"] / 1e6,11:0.0} {after["JSHeapUsedSize"] / 1e6,12:0.0} {after["ScriptDuration"],9:0.0} {after["LayoutDuration"] + after["RecalcStyleDuration"],9:0.0} {web.Process.WorkingSet64 / 1e6,7:0} {Environment.WorkingSet / 1e6,11:0}"));
    }

    async Task<Dictionary<string, double>> MetricsAsync()
    {
        var answer = (await cdp.SendAsync("Performance.getMetrics"))!.Value;
        return answer.GetProperty("metrics").EnumerateArray().ToDictionary(metric => metric.GetProperty("name").GetString()!, metric => metric.GetProperty("value").GetDouble());
    }
}
finally
{
    web.Process.Kill();
}

async Task<WebSite> StartWebAsync([CallerFilePath] string file = "")
{
    var root = Path.GetDirectoryName(Path.GetDirectoryName(file))!;
    var directory = Path.Combine(root, "ConnectionTracingDemo.Web");
    var program = Path.Combine(directory, "bin", "Release", "net10.0", "ConnectionTracingDemo.Web.dll");
    if (!File.Exists(program))
    {
        throw new FileNotFoundException("Build the Web project first: dotnet build -c Release ConnectionTracingDemo.Web", program);
    }

    var start = new ProcessStartInfo("dotnet", [program, "--environment=Development", "--urls=http://127.0.0.1:0", $"--Services:apiservice:http:0=http://127.0.0.1:{port}"])
    {
        WorkingDirectory = directory,
        RedirectStandardOutput = true,
    };
    var process = Process.Start(start)!;
    while (await process.StandardOutput.ReadLineAsync() is { } line)
    {
        if (line.IndexOf("Now listening on: ", StringComparison.Ordinal) is var at and >= 0)
        {
            // A program whose output nobody reads stands still in the end.
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            return new WebSite(process, $"{line[(at + 18)..].Trim()}/");
        }
    }

    throw new InvalidOperationException("The Web project ended before it listened.");
}

internal sealed record WebSite(Process Process, string Url) : IDisposable
{
    public void Dispose() => Process.Dispose();
}
