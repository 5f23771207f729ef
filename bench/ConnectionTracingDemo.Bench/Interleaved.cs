using System.Diagnostics;
using System.Globalization;

namespace ConnectionTracingDemo.Bench;

/// <summary>
/// The same measurements in short turns, one subscription after the other, of which the fastest counts: for machines that do
/// other things as well, where BenchmarkDotNet's means say more about those.
/// </summary>
internal static class Interleaved
{
    private static readonly (string Name, Action<RequestBenchmarks> Setup, Func<RequestBenchmarks, Task> Run)[] Subscriptions =
    [
        ("nothing", b => b.SetupNothing(), b => b.Nothing()),
        ("System.Net.Http", b => b.SetupSystemNetHttp(), b => b.SystemNetHttp()),
        ("documented snippet", b => b.SetupDocumentedSnippet(), b => b.DocumentedSnippet()),
        ("snippet, EventListener that does nothing", b => b.SetupSnippetAndEventListener(), b => b.SnippetAndEventListener()),
        ("connection tracing", b => b.SetupConnectionTracing(), b => b.ConnectionTracing()),
        ("connection tracing, RequestPhases", b => b.SetupWithRequestPhases(), b => b.WithRequestPhases()),
        ("connection tracing, RequestPhases, no diagnosis", b => b.SetupWithoutDiagnosis(), b => b.WithoutDiagnosis()),
        ("connection tracing, RequestPhases, monitor", b => b.SetupWithMonitor(), b => b.WithMonitor()),
        ("connection tracing, switched off", b => b.SetupSwitchedOff(), b => b.SwitchedOff()),
        ("OpenTelemetry.Instrumentation.Http and the experimental sources", b => b.SetupInstrumentationHttp(), b => b.InstrumentationHttp()),
        ("snippet, IHttpClientFactory", b => b.SetupFactoryClient(), b => b.FactoryClient()),
        ("snippet, IHttpClientFactory, Http.Diagnostics", b => b.SetupHttpDiagnostics(), b => b.HttpDiagnostics()),
    ];

    public static async Task RunAsync(int rounds)
    {
        Console.WriteLine("| scenario | subscription | time | bytes more |");
        Console.WriteLine("|---|---|---|---|");

        foreach (var scenario in Enum.GetValues<Scenario>())
        {
            var operations = scenario switch { Scenario.Concurrent => 100, Scenario.Cold => 2_000, _ => 10_000 };
            var fastest = Enumerable.Repeat(double.MaxValue, Subscriptions.Length).ToArray();
            var bytes = new long[Subscriptions.Length];

            // The first rounds are for the compiler.
            for (var round = -3; round < rounds; round++)
            {
                for (var i = 0; i < Subscriptions.Length; i++)
                {
                    var (microseconds, allocated) = await MeasureAsync(scenario, operations, Subscriptions[i].Setup, Subscriptions[i].Run);
                    if (round >= 0)
                    {
                        fastest[i] = Math.Min(fastest[i], microseconds);
                        bytes[i] = allocated;
                    }
                }

                if (round < 0)
                {
                    // The tiered compiler waits until no new code has run for 100 ms; each round builds new hosts.
                    await Task.Delay(TimeSpan.FromMilliseconds(500));
                }
            }

            var requests = scenario == Scenario.Concurrent ? 64 : 1;
            const int Snippet = 2;
            for (var i = 0; i < Subscriptions.Length; i++)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {scenario} | {Subscriptions[i].Name} | {fastest[i] / fastest[Snippet]:0.00} | {(bytes[i] - bytes[Snippet]) / requests:+0;-0;0} |"));
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"<!-- {scenario}: the snippet is {fastest[Snippet] / requests:0.00} µs and {bytes[Snippet] / requests} bytes per request -->"));
        }
    }

    private static async Task<(double Microseconds, long Bytes)> MeasureAsync(Scenario scenario, int operations, Action<RequestBenchmarks> setup, Func<RequestBenchmarks, Task> run)
    {
        using var benchmark = new RequestBenchmarks { Scenario = scenario };
        setup(benchmark);

        for (var i = 0; i < operations / 4; i++)
        {
            await run(benchmark);
        }

        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < operations; i++)
        {
            await run(benchmark);
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        return (elapsed.TotalMicroseconds / operations, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / operations);
    }
}
