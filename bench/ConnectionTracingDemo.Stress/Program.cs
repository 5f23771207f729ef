using System.Globalization;
using ConnectionTracingDemo.Stress;

// Stress:  [--duration 00:05:00] [--workers 8] [--explained 99.9] [--seed N] [--only get-buffered,duplex] [--over Http1,Http1Tls,Http2]
// Healthy: healthy [--requests 10000] [--busy 4] [--workers 8] [--explained 99.9]
// See docs/stress.md.

var isHealthy = args is ["healthy", ..];
var options = args.Skip(isHealthy ? 1 : 0).Chunk(2).ToDictionary(pair => pair[0], pair => pair.Length == 2 ? pair[1] : "");
var workers = Number("--workers", 8);
var explained = double.Parse(options.GetValueOrDefault("--explained", "99.9"), CultureInfo.InvariantCulture);

if (isHealthy)
{
    return await new HealthyRun(Number("--requests", 10_000), Number("--busy", 4), workers, explained).RunAsync();
}

var names = options.GetValueOrDefault("--only")?.Split(',');
var operations = ((Operation[])[.. Operations.Calm, .. RoughOperations.All]).Where(operation => names?.Contains(operation.Name) ?? true).ToList();
var transports = options.GetValueOrDefault("--over")?.Split(',').Select(Enum.Parse<Transport>).ToList() ?? [.. Enum.GetValues<Transport>()];
var duration = TimeSpan.Parse(options.GetValueOrDefault("--duration", "00:05:00"), CultureInfo.InvariantCulture);
using var run = new StressRun(duration, workers, Number("--seed", Environment.TickCount & 0xFFFFFF), operations, transports, explained);
return await run.RunAsync();

int Number(string option, int otherwise) => options.TryGetValue(option, out var value) ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
