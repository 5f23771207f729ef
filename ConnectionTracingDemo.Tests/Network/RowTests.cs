using System.Globalization;
using ConnectionTracing;
using ConnectionTracingDemo.Tests.ConnectionTracing.Page;
using ConnectionTracingDemo.Web;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConnectionTracingDemo.Tests.Network;

/// <summary>What the tables of the site make of requests, connections and findings.</summary>
public sealed class RowTests
{
    private static readonly DashboardLinks Dashboard = Links("https://localhost:17180");

    [Theory]
    [InlineData(100, null, "")]
    [InlineData(100, "", "")]
    [InlineData(100, "plain ÄÖ 日本 😀", "plain ÄÖ 日本 😀")]
    [InlineData(100, "a\u202Eb\u2066c\u200Fd", "a\\u202Eb\\u2066c\\u200Fd")]
    [InlineData(100, "a\0b\u001B[31m\r\n\u0085", "a\\u0000b\\u001B[31m\\u000D\\u000A\\u0085")]
    [InlineData(100, "zero\u200Bwidth\uFEFF", "zero\\u200Bwidth\\uFEFF")]
    [InlineData(100, "\u2028\u2029", "\\u2028\\u2029")]
    [InlineData(10, "12345678901", "1234567890…")]
    [InlineData(10, "123456789😀", "123456789…")]
    [InlineData(10, "\u202E\u202E\u202E\u202E\u202E\u202E\u202E\u202E\u202E\u202E\u202E", "\\u202E\\u202E\\u202E\\u202E\\u202E\\u202E\\u202E\\u202E\\u202E\\u202E…")]
    public void Text_from_outside_is_visible_and_short(int maxLength, string? text, string shown) =>
        Assert.Equal(shown, ShownText.Clean(text, maxLength));

    [Fact]
    public void A_row_has_what_its_request_has()
    {
        var request = Sample.First("https://localhost:7480/weatherforecast");
        var row = TimingRow.From(request, "webfrontend", Dashboard);

        Assert.Equal(("GET", "https://localhost:7480/weatherforecast", "localhost:7480", "200", "#1 new", "HTTP/1.1"), (row.Method, row.Url, row.Host, row.Status, row.Connection, row.Protocol));
        Assert.Equal((125.1, "125.1 ms", 118.7), (Math.Round(row.Total, 3), row.TotalText, row.Headers));
        Assert.Equal(["queue", "dns", "tcp", "tls", "send", "wait", "read"], row.Phases.Select(phase => phase.Token));
        Assert.Equal($"https://localhost:17180/traces/detail/{request.TraceId}", row.TraceUrl);
        Assert.StartsWith("125.1 ms: Queue 45.7 ms, after 0.0 ms; DNS 3.9 ms, after 0.5 ms; ", row.Label, StringComparison.Ordinal);
        Assert.Equal(request.Start.AddMilliseconds(request.Duration).ToUnixTimeMilliseconds(), row.Ended, 1.0);
        Assert.Equal(request.Start.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture), row.Time);
        Assert.False(row.Failed);
    }

    [Fact]
    public void Every_phase_that_tracing_tells_has_a_colour_and_a_name()
    {
        string[] names = ["queue", "dns", "tcp", "tunnel", "tls", "other", "send", "continue", "wait", "read"];

        var phases = TimingRow.From(Sample.Request("http://a.example/", phases: [.. names.Select((name, i) => new TracedPhase(name, i, 1))]), null, Dashboard).Phases;

        Assert.Equal(names, phases.Select(phase => phase.Token));
        Assert.Equal(["Queue", "DNS", "TCP", "Tunnel", "TLS", "Other", "Send", "Continue", "Wait", "Read"], phases.Select(phase => phase.Name));
    }

    [Theory]
    [InlineData(200, null, false)]
    [InlineData(304, null, false)]
    [InlineData(404, "404", true)]
    [InlineData(503, null, true)]
    [InlineData(200, "response_ended", true)]
    [InlineData(null, null, true)]
    public void A_request_without_a_good_answer_failed(int? status, string? error, bool failed)
    {
        var row = TimingRow.From(Sample.Request("http://a.example/", status, error), null, Dashboard);

        Assert.Equal(failed, row.Failed);
        Assert.Equal(failed, row.Problem is not null);
    }

    [Theory]
    [InlineData(3L, true, "#3 reused")]
    [InlineData(3L, false, "#3 new")]
    [InlineData(3L, null, "#3")]
    [InlineData(null, true, "reused")]
    [InlineData(null, false, "new")]
    [InlineData(null, null, "–")]
    public void The_connection_is_named_as_far_as_it_is_known(long? id, bool? reused, string shown) =>
        Assert.Equal(shown, TimingRow.From(Sample.Request("http://a.example/", connection: id, reused: reused), null, Dashboard).Connection);

    [Fact]
    public void The_queue_is_drawn_first_and_only_the_cause_is_marked_as_failed()
    {
        var phases = TimingRow.From(Sample.Refused("http://a.example/") with { Phases = [new("tcp", 0.8, 6.1, "connection_refused"), new("queue", 0, 7, "connection_error"), new("dns", 0.5, 0.2)] }, null, Dashboard).Phases;

        Assert.Equal([("queue", false), ("dns", false), ("tcp", true)], phases.Select(phase => (phase.Token, phase.Marked)));
        Assert.Equal("connection_error", phases[0].Error);
    }

    [Fact]
    public void A_queue_that_fails_by_itself_is_marked()
    {
        var phase = Assert.Single(TimingRow.From(Sample.Request("http://a.example/", phases: new TracedPhase("queue", 0, 7, "timeout")), null, Dashboard).Phases);

        Assert.True(phase.Marked);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-3)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.MaxValue)]
    public void Figures_that_cannot_be_drawn_are_made_such_that_can(double value)
    {
        var row = TimingRow.From(Sample.Request("http://a.example/", phases: new TracedPhase("??", value, value)) with { Duration = value }, null, Dashboard);

        Assert.All([row.Total, row.Headers, row.Phases[0].Start, row.Phases[0].Duration], figure => Assert.InRange(figure, 0, 2 * TimeSpan.FromDays(31).TotalMilliseconds));
        Assert.Equal("other", row.Phases[0].Token);
        Assert.InRange(row.Label.Length, 1, 100);
    }

    [Theory]
    [InlineData(0, "0.0 ms")]
    [InlineData(999.949, "999.9 ms")]
    [InlineData(999.97, "1.00 s")]
    [InlineData(1000, "1.00 s")]
    [InlineData(3_700_000, "3700.00 s")]
    public void Durations_are_short_enough_for_their_column(double duration, string shown) =>
        Assert.Equal(shown, TimingRow.From(Sample.Request("http://a.example/", duration: duration), null, Dashboard).TotalText);

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("ABCDEFABCDEFABCDEFABCDEFABCDEFAB")]
    [InlineData("../../../login?x=aaaaaaaaaaaaaaa")]
    [InlineData("")]
    public void What_is_no_trace_id_is_no_link(string id)
    {
        var row = TimingRow.From(Sample.Request("http://a.example/") with { TraceId = id }, null, Dashboard);

        Assert.Null(row.TraceUrl);
        Assert.Equal(id, row.TraceId);
    }

    [Fact]
    public void Without_a_dashboard_there_is_no_link() =>
        Assert.Null(TimingRow.From(Sample.Request("http://a.example/"), null, Links("")).TraceUrl);

    [Fact]
    public void The_link_to_a_trace_has_nothing_of_the_token_of_the_dashboard()
    {
        var request = Sample.Request("http://a.example/");

        Assert.Equal(
            $"https://localhost:17180/traces/detail/{request.TraceId}",
            TimingRow.From(request, null, Links("https://localhost:17180/login?t=0123abc")).TraceUrl);
    }

    [Fact]
    public void A_connection_says_how_it_stands()
    {
        var open = ConnectionRow.From(Sample.Connection("a.example", served: 3), "apiservice", Dashboard);
        var closed = ConnectionRow.From(Sample.Connection("a.example", closedAt: Sample.Start.AddMinutes(90)) with { OpenedAt = Sample.Start }, "apiservice", Dashboard);
        var opening = ConnectionRow.From(Sample.Connection("a.example") with { Setup = null, Phases = [], Id = null, TlsProtocol = null, Protocol = null }, "apiservice", Dashboard);
        var failed = ConnectionRow.From(Sample.Connection("a.example", error: "certificate_untrusted"), "apiservice", Dashboard);

        Assert.Equal(["open", "closed", "opening", "failed"], new[] { open, closed, opening, failed }.Select(row => row.State));
        Assert.Equal(("https://a.example:7480", "HTTP/1.1", "TLS 1.3", 3, "44.0 ms"), (open.Host, open.Protocol, open.Tls, open.Served, open.SetupText));
        Assert.Equal(("–", "–", "–", "–"), (opening.Number, opening.Protocol, opening.Tls, opening.SetupText));
        Assert.Equal("1 h 30 min", closed.Age(Sample.Start.AddDays(1)));
        Assert.Equal("2 min 5 s", (open with { OpenedAt = Sample.Start.ToUnixTimeMilliseconds() }).Age(Sample.Start.AddSeconds(125)));
        // An attempt that failed is over.
        Assert.Equal("0 s", failed.Age(Sample.Start.AddDays(1)));
        Assert.True(Assert.Single(failed.Phases, phase => phase.Marked).Token == "tls");
    }

    [Fact]
    public void The_filter_shows_what_matches_all_of_it()
    {
        var row = TimingRow.From(Sample.Request("https://Shop.example:7480/", duration: 100), "apiservice", Dashboard);
        var failed = TimingRow.From(Sample.Refused("https://shop.example:7480/"), "apiservice", Dashboard);

        Assert.True(new NetworkFilter(null, null, null, false).Shows(row));
        Assert.True(new NetworkFilter("", "  ", null, false).Shows(row));
        Assert.True(new NetworkFilter("apiservice", " SHOP.example:74", 99, false).Shows(row));
        Assert.False(new NetworkFilter("webfrontend", null, null, false).Shows(row));
        Assert.False(new NetworkFilter(null, "other", null, false).Shows(row));
        Assert.False(new NetworkFilter(null, null, 100, false).Shows(row));
        Assert.False(new NetworkFilter(null, null, null, true).Shows(row));
        Assert.True(new NetworkFilter(null, null, null, true).Shows(failed));
    }

    [Fact]
    public void A_finding_names_when_where_and_what()
    {
        var row = FindingRow.From(Sample.Finding("shop.example"), "apiservice", Dashboard);

        Assert.Equal("17:06:34 UTC · apiservice · shop.example:7480 · slow_tls", row.Source);
        Assert.NotNull(row.TraceUrl);
    }

    private static DashboardLinks Links(string url) =>
        new(new ConfigurationBuilder().AddInMemoryCollection([new(DashboardLinks.Key, url)]).Build(), NullLogger<DashboardLinks>.Instance);
}
