using System.Text.Json;
using ConnectionTracing;
using ConnectionTracingDemo.Tests.Har;
using ConnectionTracingDemo.Tests.Hosting;

namespace ConnectionTracingDemo.Tests.FaultLab;

/// <summary>The HAR file of webfrontend after runs of the fault lab.</summary>
[Collection(SharedDemo.Name)]
public sealed class HarTests(DemoApplication demo)
{
    /// <summary>Milliseconds: times are rounded to microseconds, and up to seven are added.</summary>
    private const double Exact = 0.005;

    /// <summary>Milliseconds: the clocks of spans and events differ by a hair, so that phases overlap by as much.</summary>
    private const double Hair = 0.1;

    [Fact]
    public async Task Requests_of_the_fault_lab_are_entries_with_the_times_of_their_phases()
    {
        string[] scenarios =
        [
            "cold-and-warm", "small-pool", "connection-churn", "stream-limit", "unknown-host", "refused-port", "dead-first-address", "slow-tls", "untrusted-certificate", "proxy-down",
            "slow-resolver", "ignored-continue", "slow-headers", "slow-body", "cancelled-request",
        ];
        using var lab = new LabVisitor(demo.WebUrl);
        var runs = new List<LabRun>();
        foreach (var scenario in scenarios)
        {
            runs.Add(await lab.RunAsync(scenario));
        }

        var entries = HarAssert.IsValid(await lab.GetHarAsync()).ToDictionary(entry => entry.Text("_spanId")!);

        foreach (var request in runs.SelectMany(run => run.Requests))
        {
            var entry = entries[request.SpanId];
            Assert.Equal((request.TraceId, DemoApplication.Web), (entry.Text("_traceId"), entry.Text("_service")));
            Assert.Equal(request.Status ?? 0, entry.GetProperty("response").GetProperty("status").GetInt32());
            AssertTimes(request, entry);
        }

        // Some of each kind, so that what is compared above is there.
        Assert.All(["dns", "connect", "ssl", "blocked", "receive"], timing => Assert.Contains(entries.Values, entry => entry.Timing(timing) > 0));
        Assert.Contains(entries.Values, entry => entry.Text("comment") is not null);
    }

    private static void AssertTimes(TracedRequest request, JsonElement entry)
    {
        var told = $"{string.Join(", ", request.Phases)}{Environment.NewLine}{entry}";
        var read = request.Phases.SingleOrDefault(phase => phase.Name == "read");
        var exact = Math.Abs(request.Duration + (read?.Duration ?? 0) - entry.GetProperty("time").GetDouble()) < Exact;
        // A body whose reading began before its request ended counts once.
        Assert.True(exact || read?.Start < request.Duration, told);

        // In a run, no two of these overlap, except connects.
        AssertTiming("dns", "dns");
        AssertTiming("ssl", "tls");
        if (request.Status is not null && request.Phases.Count(phase => phase.Name == "send") == 1)
        {
            AssertTiming("send", "send");
        }

        void AssertTiming(string timing, string phase) =>
            Assert.True(Math.Abs((request.Has(phase) ? request.Total(phase) : -1) - entry.Timing(timing)) < Hair, $"{timing}: {told}");
    }
}
