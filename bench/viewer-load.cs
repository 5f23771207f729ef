#:sdk Microsoft.NET.Sdk.Web
#:property PublishAot=false

// A process to watch: sends 2,000 requests a second to a server of its own, first unwatched, then while you watch it.
//   dotnet run -c Release bench/viewer-load.cs -- [requests per second] [seconds]
// See docs/viewer.md.

using System.Diagnostics;
using System.Globalization;
using System.Net;

var rate = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 2_000;
var seconds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 30;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
await using var server = builder.Build();
server.Run(context => context.Response.WriteAsync("hello"));
await server.StartAsync();

var url = $"http://localhost:{new Uri(server.Urls.Single()).Port}/x";
using var client = new HttpClient();
for (var i = 0; i < 2_000; i++)
{
    await client.GetStringAsync(url);
}

await MeasureAsync("not watched");
Console.WriteLine($"Now run 'connection-viewer watch {Environment.ProcessId} > rows.txt' elsewhere, then press Enter here.");
Console.ReadLine();
await MeasureAsync("watched");

async Task MeasureAsync(string what)
{
    var durations = new double[rate * seconds];
    var last = -1;
    var clock = Stopwatch.StartNew();
    var cpu = Environment.CpuUsage.TotalTime;

    await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(SendAsync)));

    var used = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / durations.Length;
    var achieved = durations.Length / clock.Elapsed.TotalSeconds;
    Array.Sort(durations);
    Console.WriteLine($"{what}: {durations.Length} requests, {achieved:0}/s, median {durations[durations.Length / 2]:0.000} ms, {used:0} µs CPU per request");

    async Task SendAsync()
    {
        while (Interlocked.Increment(ref last) is var number && number < durations.Length)
        {
            // Each has its time, whatever became of those before it.
            var early = TimeSpan.FromSeconds((double)number / rate) - clock.Elapsed;
            if (early > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(early);
            }

            var start = Stopwatch.GetTimestamp();
            await client.GetStringAsync(url);
            durations[number] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }
}
