extern alias viewer;

using System.Globalization;
using System.Text.Json;
using ConnectionTracingDemo.Tests.EndToEnd;
using ConnectionTracingDemo.Tests.Hosting;
using ConnectionTracingDemo.Tests.Standalone;
using ConnectionTracingDemo.Tests.Telemetry;
using viewer::ConnectionTracingDemo.Viewer.Sources;
using Microsoft.Diagnostics.NETCore.Client;
using static ConnectionTracing.Model.AttributeNames;

namespace ConnectionTracingDemo.Tests.Viewer;

/// <summary>
/// The running webfrontend, seen from outside and by its own spans. The times come from different sources, so each checks the other.
/// </summary>
/// <remarks>
/// Each source reads the clock at moments of its own, and between two of them a thread can be preempted for any time: no tolerance in
/// milliseconds holds. What holds is the order of these moments. Steps follow each other, so what a step in the row has beyond the span's
/// has to fit into the time that the span gives to no other step. That finds columns that show too much; those that show too little have
/// several chances to be close, since a thread is not preempted at the same place every time.
/// </remarks>
[Collection(SharedDemo.Name)]
public sealed class WatchedDemoTests(DemoApplication demo)
{
    private const int Attempts = 5;

    /// <summary>Of the clocks, not of the comparison: one has steps of 100 ns, the other is converted.</summary>
    private const double ResolutionMs = 0.01;

    [UnixFact]
    public async Task Rows_match_the_span_attributes_of_the_same_requests()
    {
        // Whatever a process does for the first time takes longer than the steps to be compared.
        await demo.Visitor.GetNewWeatherAsync();

        var far = new List<string>();
        while (far.Count < Attempts)
        {
            await demo.RestartAsync(DemoApplication.Api);
            var (told, seen) = await VisitOverNewConnectionAsync();
            AssertNoMoreThanTold(told, seen);
            if (AreClose(told, seen))
            {
                return;
            }

            far.Add($"{told}, {seen}");
        }

        Assert.Fail($"Span and row are never close:{Environment.NewLine}{string.Join(Environment.NewLine, far)}");
    }

    private async Task<(Told Told, Seen Seen)> VisitOverNewConnectionAsync()
    {
        await using var viewer = await ViewerProgram.WatchAsync(FindWebfrontend(), "--format", "json");

        var firstPage = await demo.Visitor.GetNewWeatherAsync();
        var secondPage = await demo.Visitor.GetNewWeatherAsync();

        var lines = await viewer.WaitForLinesAsync(2, line => line.Contains("\"path\":\"/weatherforecast\"", StringComparison.Ordinal));
        var (first, second) = (ViewerProgram.Json(lines[0]), ViewerProgram.Json(lines[1]));

        Assert.Equal(("new", "reused"), (first.GetProperty("use").GetString(), second.GetProperty("use").GetString()));
        Assert.Equal(first.GetProperty("connection").GetInt64(), second.GetProperty("connection").GetInt64());
        Assert.Equal(JsonValueKind.Null, second.GetProperty("dnsMs").ValueKind);

        var secondSpan = await FindRequestAsync(secondPage.TraceId);
        Assert.Equal(secondSpan[ConnectionId], second.GetProperty("connection").GetInt64().ToString(CultureInfo.InvariantCulture));

        return (new Told(await FindRequestAsync(firstPage.TraceId)), new Seen(first));
    }

    private static void AssertNoMoreThanTold(Told told, Seen seen)
    {
        var rest = told.Setup - told.Dns - told.Tcp - told.Tls;
        AssertAtMost(seen.Dns, told.Dns + rest, "lookup in the row");
        AssertAtMost(seen.Tcp, told.Tcp + rest, "connect in the row");
        AssertAtMost(seen.Tls, told.Tls + rest, "handshake in the row");
        AssertAtMost(seen.Queue, told.Total - told.Send - told.Wait, "queue in the row");

        // The listener of the process hears that the request was sent when that has been recorded, and counts the time between to the sending.
        AssertAtMost(seen.Wait, told.Send + told.Wait, "wait in the row");

        // The runtime writes the event of the start, starts the activity, stops it and writes the event of the end: no luck is needed here.
        AssertAtMost(told.Dns, seen.Dns, "lookup of the span");
        AssertAtMost(told.Tcp, seen.Tcp, "connect of the span");
    }

    private static void AssertAtMost(double step, double room, string name) =>
        Assert.True(step <= room + ResolutionMs, $"The {name} took {step} ms, and the other source leaves {room} ms for it.");

    private static bool AreClose(Told told, Seen seen) =>
        IsClose(told.Dns, seen.Dns, told.Setup)
        && IsClose(told.Tcp, seen.Tcp, told.Setup)
        && IsClose(told.Tls, seen.Tls, told.Setup)
        && IsClose(told.Queue, seen.Queue, told.Queue)
        && IsClose(told.Wait, seen.Wait, told.Wait);

    private static bool IsClose(double told, double seen, double whole) => Math.Abs(told - seen) <= whole / 5;

    private async Task<Span> FindRequestAsync(string traceId) =>
        (await demo.Telemetry.WaitForSpansAsync($"the request in trace {traceId}", spans => WeatherTrace.Find(spans, traceId))).Request;

    /// <summary>Other demos may run on this machine; this one's settings name its dashboard.</summary>
    private int FindWebfrontend() => DotNetProcess.FindAll()
        .Where(process => process.Name == "ConnectionTracingDemo.Web")
        .Single(process => DashboardUrlOf(process.Id)?.Contains(demo.DashboardUrl.Authority, StringComparison.Ordinal) == true)
        .Id;

    private static string? DashboardUrlOf(int processId)
    {
        try
        {
            return new DiagnosticsClient(processId).GetProcessEnvironment().GetValueOrDefault("ConnectionTracing__Page__DashboardUrl");
        }
        // The process of another test has ended meanwhile.
        catch (Exception exception) when (exception is IOException or DiagnosticsClientException)
        {
            return null;
        }
    }

    /// <summary>What the process tells of a request, in milliseconds.</summary>
    private sealed class Told(Span span)
    {
        public double Total => (span.End - span.Start).TotalMilliseconds;

        public double Queue => Ms(QueueDuration);

        public double Setup => Ms(SetupDuration);

        public double Dns => Ms(DnsDuration);

        public double Tcp => Ms(TcpDuration);

        public double Tls => Ms(TlsDuration);

        public double Send => Ms(SendDuration);

        public double Wait => Ms(WaitDuration);

        public override string ToString() => $"span: DNS {Dns}, TCP {Tcp}, TLS {Tls}, queue {Queue}, wait {Wait} ms";

        private double Ms(string attribute) => double.Parse(span[attribute]!, CultureInfo.InvariantCulture);
    }

    /// <summary>What the viewer shows of it.</summary>
    private sealed class Seen(JsonElement row)
    {
        public double Queue => Ms("queueMs");

        public double Dns => Ms("dnsMs");

        public double Tcp => Ms("tcpMs");

        public double Tls => Ms("tlsMs");

        public double Wait => Ms("waitMs");

        public override string ToString() => $"row: DNS {Dns}, TCP {Tcp}, TLS {Tls}, queue {Queue}, wait {Wait} ms";

        private double Ms(string column) => row.GetProperty(column).GetDouble();
    }
}
