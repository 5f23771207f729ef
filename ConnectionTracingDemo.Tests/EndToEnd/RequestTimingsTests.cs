using System.Globalization;
using ConnectionTracing.Runtime;
using ConnectionTracingDemo.Tests.Hosting;
using ConnectionTracingDemo.Tests.Telemetry;
using static ConnectionTracing.Model.AttributeNames;

namespace ConnectionTracingDemo.Tests.EndToEnd;

/// <summary>What the dashboard shows of the same two visits since requests say where their time went.</summary>
[Collection(SharedDemo.Name)]
public sealed class RequestTimingsTests(DemoApplication demo, TwoVisits visits) : IClassFixture<TwoVisits>
{
    private const double ClockMs = 5;

    [Fact]
    public void First_request_says_what_its_connection_cost()
    {
        var request = visits.First.Request;

        Assert.False(bool.Parse(request[ConnectionReused]!));
        Assert.True(bool.Parse(request[ConnectionInitiated]!));
        Assert.True(Ms(request, DnsDuration) + Ms(request, TcpDuration) + Ms(request, TlsDuration) <= Ms(request, SetupDuration) + ClockMs);
        Assert.True(
            Ms(request, QueueDuration) + Ms(request, SendDuration) + Ms(request, WaitDuration) <= (request.End - request.Start).TotalMilliseconds + ClockMs,
            $"{request}");
    }

    [Fact]
    public void Second_request_inherits_it()
    {
        var request = visits.Second.Request;

        Assert.True(bool.Parse(request[ConnectionReused]!));
        Assert.False(bool.Parse(request[ConnectionInitiated]!));
        Assert.True(Ms(request, ConnectionAge) > 0);
        Assert.Null(request[SetupDuration]);
    }

    [Fact]
    public async Task Setup_is_below_the_wait_in_the_trace_of_the_first_request()
    {
        var phases = await demo.Telemetry.WaitForSpansAsync(
            "wait_for_connection with DNS lookup, socket connect and TLS handshake below it",
            spans =>
            {
                var wait = spans.FirstOrDefault(span => span.IsChildOf(visits.First.Request) && span.Name.StartsWith("HTTP wait_for_connection", StringComparison.Ordinal));
                IReadOnlyList<Span> below = wait is null ? [] : [.. spans.Where(span => span.IsChildOf(wait) && span.Name != TracingSource.OtherSetup).OrderBy(span => span.Start)];
                return below.Count == 3 ? below : null;
            });

        Assert.All(phases, phase => Assert.Equal(TracingSource.Name, phase.Source));
        Assert.Equal(["DNS lookup", "socket connect", "TLS client"], phases.Select(phase => string.Join(' ', phase.Name.Split(' ')[..2])));
    }

    private static double Ms(Span span, string attribute) => double.Parse(span[attribute]!, CultureInfo.InvariantCulture);
}
