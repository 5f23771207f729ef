using ConnectionTracing;
using ConnectionTracing.Har;
using ConnectionTracingDemo.Tests.ConnectionTracing.Page;

namespace ConnectionTracingDemo.Tests.Har;

/// <summary>The timings of an entry follow each other; the phases of a request overlap, and some are unknown.</summary>
public sealed class HarTimelineTests
{
    private const string Failed = "connection_error";

    /// <summary>Milliseconds: where a request did not wait for a connection.</summary>
    private const double Least = 0.001;

    [Theory]
    [InlineData("queue", "blocked")]
    [InlineData("dns", "dns")]
    [InlineData("tcp", "connect")]
    [InlineData("tunnel", "connect")]
    [InlineData("other", "connect")]
    [InlineData("tls", "connect ssl")]
    [InlineData("send", "send")]
    [InlineData("continue", "wait")]
    [InlineData("wait", "wait")]
    public void Phase_alone_is_the_timing_that_it_belongs_to(string phase, string timings)
    {
        var actual = TimingsOf(10, new TracedPhase(phase, 0, 10));

        Assert.All(timings.Split(' '), name => Assert.Equal(10, ByName(actual)[name]));
        Assert.All(ByName(actual).Where(timing => !timings.Split(' ').Contains(timing.Key)), timing => Assert.InRange(timing.Value, -1, Least));
        Assert.Equal(10, HarTimeline.Sum(actual), Least);
    }

    [Fact]
    public void Reading_comes_on_top_of_the_duration()
    {
        var timings = TimingsOf(10, new("send", 0, 1), new("wait", 1, 9), new("read", 10, 5));

        Assert.Equal(new HarTimings(Blocked: Least, Send: 1, Wait: 9, Receive: 5), timings);
        Assert.Equal(15 + Least, HarTimeline.Sum(timings));
    }

    [Fact]
    public void First_request_of_a_connection_has_all_timings()
    {
        var timings = TimingsOf(
            100,
            new("queue", 0, 50), new("dns", 2, 8), new("tcp", 10, 10), new("tls", 20, 25), new("send", 50, 1), new("continue", 51, 9), new("wait", 60, 40), new("read", 100, 6));

        Assert.Equal(new HarTimings(Blocked: 7, Dns: 8, Connect: 35, Ssl: 25, Send: 1, Wait: 49, Receive: 6), timings);
        Assert.Equal(106, HarTimeline.Sum(timings));
    }

    [Fact]
    public void Request_of_a_connection_in_use_neither_waits_nor_connects() =>
        Assert.Equal(new HarTimings(Blocked: Least, Send: 1, Wait: 29, Receive: -1), TimingsOf(30, new("send", 0, 1), new("wait", 1, 29)));

    [Fact]
    public void Waiting_for_a_connection_of_another_request_is_blocked() =>
        Assert.Equal(new HarTimings(Blocked: 20, Send: 1, Wait: 9), TimingsOf(30, new("queue", 0, 20), new("send", 20, 1), new("wait", 21, 9)));

    [Fact]
    public void Addresses_that_are_tried_at_the_same_time_count_once()
    {
        var timings = TimingsOf(
            30, new("queue", 0, 20), new("dns", 0, 5), new("tcp", 5, 10, "timed_out"), new("tcp", 8, 10), new("send", 20, 1), new("wait", 21, 9));

        Assert.Equal(new HarTimings(Blocked: 2, Dns: 5, Connect: 13, Send: 1, Wait: 9), timings);
    }

    [Fact]
    public void Attempts_that_overlap_count_once_for_the_later_step()
    {
        // The lookup of the second attempt goes on during the handshake of the first.
        var timings = TimingsOf(
            40, new("queue", 0, 30), new("dns", 0, 5), new("tcp", 5, 5), new("dns", 8, 12), new("tls", 10, 20), new("send", 30, 1), new("wait", 31, 9));

        Assert.Equal(new HarTimings(Blocked: Least, Dns: 5, Connect: 25, Ssl: 20, Send: 1, Wait: 9), timings);
        Assert.Equal(40 + Least, HarTimeline.Sum(timings));
    }

    [Fact]
    public void Tunnel_and_what_a_callback_does_are_part_of_connect()
    {
        var timings = TimingsOf(
            60, new("queue", 0, 50), new("dns", 0, 5), new("tcp", 5, 5), new("tunnel", 10, 15), new("tls", 25, 10), new("other", 35, 15), new("send", 50, 1), new("wait", 51, 9));

        Assert.Equal(new HarTimings(Blocked: Least, Dns: 5, Connect: 45, Ssl: 10, Send: 1, Wait: 9), timings);
    }

    [Fact]
    public void Body_that_is_sent_while_the_answer_is_waited_for_counts_as_waiting()
    {
        var timings = TimingsOf(50, new("send", 0, 5), new("send", 5, 45), new("wait", 10, 40));

        Assert.Equal(new HarTimings(Blocked: Least, Send: 10, Wait: 40), timings);
        Assert.Equal(50 + Least, HarTimeline.Sum(timings));
    }

    [Fact]
    public void Request_that_is_sent_twice_has_the_sums()
    {
        var timings = TimingsOf(
            60, new("queue", 0, 10), new("send", 10, 2), new("wait", 12, 8), new("queue", 20, 15), new("tcp", 22, 10), new("send", 35, 5), new("wait", 40, 20));

        Assert.Equal(new HarTimings(Blocked: 15, Connect: 10, Send: 7, Wait: 28), timings);
    }

    [Fact]
    public void Without_request_phases_the_remainder_is_waiting_and_a_comment_says_so()
    {
        var timings = TimingsOf(50, new("queue", 0, 20), new("tcp", 5, 10));

        Assert.Equal((10, 10, -1, 30, -1), (timings.Blocked, timings.Connect, timings.Send, timings.Wait, timings.Receive));
        Assert.Contains("RequestPhases", timings.Comment, StringComparison.Ordinal);
        Assert.Equal(50, HarTimeline.Sum(timings));
    }

    [Fact]
    public void Without_any_phase_all_of_it_is_waiting()
    {
        var timings = TimingsOf(50);

        Assert.Equal(new HarTimings(Blocked: Least, Wait: 50, Comment: timings.Comment), timings);
        Assert.Contains("RequestPhases", timings.Comment, StringComparison.Ordinal);
    }

    [Fact]
    public void Request_that_is_cancelled_in_the_lookup_was_not_sent()
    {
        var timings = FailedTimingsOf(100, new("queue", 0, 99, "canceled"), new("dns", 1, 98, "canceled"));

        Assert.Equal(new HarTimings(Blocked: 2, Dns: 98, Send: 0, Wait: 0, Receive: 0, Comment: timings.Comment), timings);
        Assert.Equal(100, HarTimeline.Sum(timings));
    }

    [Fact]
    public void Request_that_is_refused_has_the_attempts_and_no_waiting()
    {
        var timings = FailedTimingsOf(20, new("queue", 0, 20, Failed), new("dns", 0, 2), new("tcp", 2, 8, Failed), new("tcp", 11, 9, Failed));

        Assert.Equal(new HarTimings(Blocked: 1, Dns: 2, Connect: 17, Send: 0, Wait: 0, Receive: 0), timings);
    }

    [Fact]
    public void Handshake_that_fails_is_part_of_connect()
    {
        var timings = FailedTimingsOf(20, new("queue", 0, 20, Failed), new("tcp", 0, 5), new("tls", 5, 15, Failed));

        Assert.Equal(new HarTimings(Blocked: Least, Connect: 20, Ssl: 15, Send: 0, Wait: 0, Receive: 0), timings);
    }

    [Fact]
    public void Request_that_is_given_up_while_it_waits_has_waited_and_received_nothing()
    {
        var timings = FailedTimingsOf(1000, new("send", 0, 1), new("wait", 1, 999, "canceled"));

        Assert.Equal(new HarTimings(Blocked: Least, Send: 1, Wait: 999, Receive: 0), timings);
    }

    [Fact]
    public void Failed_request_without_request_phases_may_have_been_sent()
    {
        // The first connection was there and broke off; the second could not be opened.
        var timings = FailedTimingsOf(50, new("queue", 0, 10), new("queue", 30, 20, Failed));

        Assert.Equal((30, -1, 20, 0), (timings.Blocked, timings.Send, timings.Wait, timings.Receive));
    }

    [Fact]
    public void Time_in_no_phase_is_waiting_and_a_comment_says_how_much()
    {
        var timings = TimingsOf(50, new("queue", 0, 10), new("send", 20, 5), new("wait", 25, 25));

        Assert.Equal((10, 5, 35), (timings.Blocked, timings.Send, timings.Wait));
        Assert.Contains("10 ms", timings.Comment, StringComparison.Ordinal);
    }

    [Fact]
    public void Phases_do_not_outlast_the_request()
    {
        var timings = TimingsOf(10, new("queue", 0, 4), new("tcp", 1, 30), new("send", 4, 1), new("wait", 5, 8));

        Assert.Equal(10, HarTimeline.Sum(timings), Least);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-5)]
    public void What_is_no_time_counts_as_zero(double value)
    {
        var timings = TimingsOf(value, new("queue", value, value), new("send", value, 1), new("wait", 0, value), new("read", value, value));

        Assert.Equal(new HarTimings(Blocked: Least, Send: 0, Wait: 0, Receive: 0), timings);
    }

    [Fact]
    public void Phase_of_an_unknown_name_is_waiting()
    {
        var timings = TimingsOf(10, new("send", 0, 1), new("redirect", 1, 5), new("wait", 6, 4));

        Assert.Equal((1, 9), (timings.Send, timings.Wait));
    }

    [Fact]
    public void Any_phases_make_timings_that_add_up()
    {
        string[] names = ["queue", "dns", "tcp", "tunnel", "tls", "other", "send", "continue", "wait", "read"];
        var random = new Random(20261130);
        for (var i = 0; i < 5_000; i++)
        {
            var duration = random.NextDouble() * 100;
            TracedPhase[] phases = [.. Enumerable.Range(0, random.Next(12)).Select(_ => new TracedPhase(names[random.Next(9)], random.NextDouble() * 120, random.NextDouble() * 50))];
            var timings = random.Next(2) == 0 ? TimingsOf(duration, phases) : FailedTimingsOf(duration, phases);

            // Each of the six is rounded to a microsecond, and one is at least that.
            Assert.Equal(duration, HarTimeline.Sum(timings), 0.0045);
            Assert.All(ByName(timings), timing => Assert.True(timing.Value is -1 or >= 0, $"{timings}"));
            Assert.InRange(timings.Ssl, -1, Math.Max(-1, timings.Connect));
        }
    }

    private static HarTimings TimingsOf(double duration, params TracedPhase[] phases) =>
        HarTimeline.Of(Sample.Request("https://api/", duration: 1, phases: phases) with { Duration = duration });

    private static HarTimings FailedTimingsOf(double duration, params TracedPhase[] phases) =>
        HarTimeline.Of(Sample.Request("https://api/", status: null, error: Failed, duration: duration, connection: null, reused: null, phases: phases));

    private static Dictionary<string, double> ByName(HarTimings timings) => new()
    {
        ["blocked"] = timings.Blocked,
        ["dns"] = timings.Dns,
        ["connect"] = timings.Connect,
        ["ssl"] = timings.Ssl,
        ["send"] = timings.Send,
        ["wait"] = timings.Wait,
        ["receive"] = timings.Receive,
    };
}
