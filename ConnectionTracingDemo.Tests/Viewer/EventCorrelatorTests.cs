extern alias viewer;

using viewer::ConnectionTracing.Model;
using viewer::ConnectionTracingDemo.Viewer.Correlation;

namespace ConnectionTracingDemo.Tests.Viewer;

public sealed class EventCorrelatorTests
{
    [Fact]
    public void First_request_shows_what_its_connection_cost_and_the_second_does_not()
    {
        var scene = new Scene();
        scene.Start("//1/1/").Method("//1/1/", "POST").Setup("//1/1/").Established("//1/1/", 7).LeftQueue("//1/1/", 63)
            .SendOn("//1/1/", 7).After(39).Answer("//1/1/").Stop("//1/1/");
        scene.Start("//1/2/").SendOn("//1/2/", 7).Answer("//1/2/").Stop("//1/2/");

        var first = scene.Rows[0];
        Assert.Equal(("POST", "api:443", "/weather", 200), (first.Method, first.Host, first.UrlPath, first.Status));
        Assert.Equal((63, 10, 20, 30), (first.QueueMs, first.DnsMs, first.TcpMs, first.TlsMs));
        Assert.Equal((1, 40), (first.SendMs, first.WaitMs));
        Assert.Equal((7, ConnectionUse.New, "1.1"), (first.ConnectionId, first.Connection, first.HttpVersion));

        var second = scene.Rows[1];
        Assert.Equal((7, ConnectionUse.Reused), (second.ConnectionId, second.Connection));
        Assert.Equal((null, null, null, null, null), (second.Method, second.QueueMs, second.DnsMs, second.TcpMs, second.TlsMs));
        Assert.Equal(2, Assert.Single(scene.Correlator.Connections).RequestsServed);
    }

    [Fact]
    public void Events_of_requests_side_by_side_stay_apart()
    {
        var scene = new Scene();
        scene.Start("//1/1/").Start("//1/11/").Begin(SetupPhaseKind.Dns, "//1/11/1/").After(4).Begin(SetupPhaseKind.Dns, "//1/1/1/")
            .End(SetupPhaseKind.Dns, "//1/11/1/").After(2).End(SetupPhaseKind.Dns, "//1/1/1/")
            .Established("//1/11/", 2).Established("//1/1/", 1).SendOn("//1/1/", 1).SendOn("//1/11/", 2).Stop("//1/1/").Stop("//1/11/");

        Assert.Equal([(1L, 4d), (2L, 6d)], scene.Rows.Select(row => (row.ConnectionId!.Value, row.DnsMs!.Value)));
    }

    [Fact]
    public void Request_served_by_another_connection_than_the_one_it_asked_for_shows_none_of_its_cost()
    {
        var scene = new Scene();
        scene.Start("//1/1/").Established("//1/1/", 1).SendOn("//1/1/", 1)
            // Asks for a connection of its own, and is served by the first before that has even looked up the name.
            .Start("//1/2/").Begin(SetupPhaseKind.Dns, "//1/2/1/").Stop("//1/1/").SendOn("//1/2/", 1).Stop("//1/2/")
            .After(50).End(SetupPhaseKind.Dns, "//1/2/1/").Established("//1/2/", 2)
            .Start("//1/3/").SendOn("//1/3/", 2).Stop("//1/3/");

        Assert.Equal((ConnectionUse.Reused, null), (scene.Rows[1].Connection, scene.Rows[1].DnsMs));
        Assert.Equal(ConnectionUse.New, scene.Rows[2].Connection);
        Assert.InRange(scene.Rows[2].DnsMs!.Value, 50, 60);
    }

    [Fact]
    public void Request_without_a_connection_shows_what_was_tried()
    {
        var scene = new Scene();
        scene.Start("//1/1/").Begin(SetupPhaseKind.Dns, "//1/1/1/").End(SetupPhaseKind.Dns, "//1/1/1/")
            .Begin(SetupPhaseKind.Tcp, "//1/1/1/1/").Fail(SetupPhaseKind.Tcp, "//1/1/1/1/").End(SetupPhaseKind.Tcp, "//1/1/1/1/")
            .LeftQueue("//1/1/", 5).Add(NetworkEventKind.RequestFailed, "//1/1/", e => e with { Error = "Connection refused" }).Stop("//1/1/", status: -1);

        var row = Assert.Single(scene.Rows);
        Assert.Equal((null, "Connection refused", ConnectionUse.Unknown), (row.Status, row.Error, row.Connection));
        Assert.Equal((1, 2, null), (row.DnsMs, row.TcpMs, row.TlsMs));
    }

    [Fact]
    public void Failed_attempt_is_not_added_to_the_one_that_succeeds()
    {
        var scene = new Scene();
        scene.Start("//1/1/").Begin(SetupPhaseKind.Tcp, "//1/1/1/").After(100).Fail(SetupPhaseKind.Tcp, "//1/1/1/").End(SetupPhaseKind.Tcp, "//1/1/1/")
            .Setup("//1/1/3/").Established("//1/1/", 1).SendOn("//1/1/", 1).Stop("//1/1/");

        Assert.Equal((10, 20, 30), (scene.Rows[0].DnsMs, scene.Rows[0].TcpMs, scene.Rows[0].TlsMs));
    }

    [Fact]
    public void All_addresses_that_were_tried_count()
    {
        var scene = new Scene();
        scene.Start("//1/1/").Begin(SetupPhaseKind.Dns, "//1/1/1/").End(SetupPhaseKind.Dns, "//1/1/1/")
            .Begin(SetupPhaseKind.Tcp, "//1/1/2/").After(9).Fail(SetupPhaseKind.Tcp, "//1/1/2/").End(SetupPhaseKind.Tcp, "//1/1/2/")
            .Begin(SetupPhaseKind.Tcp, "//1/1/3/").After(4).End(SetupPhaseKind.Tcp, "//1/1/3/")
            .Established("//1/1/", 1).SendOn("//1/1/", 1).Stop("//1/1/");

        Assert.Equal((1, 16), (scene.Rows[0].DnsMs, scene.Rows[0].TcpMs));
    }

    [Fact]
    public void Connects_that_overlap_count_once()
    {
        var scene = new Scene();
        scene.Start("//1/1/").Begin(SetupPhaseKind.Dns, "//1/1/1/").End(SetupPhaseKind.Dns, "//1/1/1/")
            .Begin(SetupPhaseKind.Tcp, "//1/1/2/").After(9).Begin(SetupPhaseKind.Tcp, "//1/1/3/").After(9).End(SetupPhaseKind.Tcp, "//1/1/3/")
            .After(9).Fail(SetupPhaseKind.Tcp, "//1/1/2/").End(SetupPhaseKind.Tcp, "//1/1/2/")
            .Established("//1/1/", 1).SendOn("//1/1/", 1).Stop("//1/1/");

        Assert.Equal((1, 31), (scene.Rows[0].DnsMs, scene.Rows[0].TcpMs));
        Assert.Equal(31, Assert.Single(scene.Correlator.Connections).Phases.MillisecondsOf(SetupPhaseKind.Tcp));
    }

    [Fact]
    public void Phase_that_has_not_ended_has_no_time()
    {
        var scene = new Scene();
        scene.Start("//1/1/").Begin(SetupPhaseKind.Dns, "//1/1/1/").End(SetupPhaseKind.Dns, "//1/1/1/").Begin(SetupPhaseKind.Tcp, "//1/1/2/")
            .Add(NetworkEventKind.RequestFailed, "//1/1/", e => e with { Error = "Canceled" }).Stop("//1/1/", status: -1);

        Assert.Equal((1, null), (scene.Rows[0].DnsMs, scene.Rows[0].TcpMs));
    }

    [Fact]
    public void Connection_that_existed_before_is_reused_and_of_unknown_age()
    {
        var scene = new Scene();
        scene.Start("//1/1/").SendOn("//1/1/", 3).Stop("//1/1/");

        Assert.Equal(ConnectionUse.Reused, scene.Rows[0].Connection);
        Assert.Null(Assert.Single(scene.Correlator.Connections).AgeAt(DateTime.UtcNow));
    }

    [Fact]
    public void Where_events_were_lost_the_use_of_an_older_connection_is_unknown()
    {
        var scene = new Scene { Correlator = { EventsWereLost = true } };
        scene.Start("//1/1/").SendOn("//1/1/", 3).Stop("//1/1/");

        Assert.Equal(ConnectionUse.Unknown, scene.Rows[0].Connection);
    }

    [Fact]
    public void Without_activity_ids_requests_are_counted_not_guessed()
    {
        var scene = new Scene();
        scene.Start(null).Add(NetworkEventKind.RequestHeadersStart, null, e => e with { ConnectionId = 1 }).Add(NetworkEventKind.RequestStop, null);

        Assert.Empty(scene.Rows);
        Assert.Equal(1, scene.Correlator.Uncorrelated);
    }

    [Fact]
    public void Runtime_that_does_not_number_connections_is_noticed()
    {
        var scene = new Scene();
        scene.Start("//1/1/").Established("//1/1/", null).SendOn("//1/1/", null).Answer("//1/1/").Stop("//1/1/");

        Assert.True(scene.Correlator.LacksConnectionIds);
        Assert.Equal((null, ConnectionUse.Unknown), (scene.Rows[0].ConnectionId, scene.Rows[0].Connection));
    }

    [Fact]
    public void Redirected_call_shows_its_last_request()
    {
        var scene = new Scene();
        scene.Start("//1/1/").SendOn("//1/1/", 1).After(100).Answer("//1/1/", 302).SendOn("//1/1/", 1).After(9).Answer("//1/1/").Stop("//1/1/");

        Assert.Equal((2, 10, 200), (scene.Rows[0].Sends, scene.Rows[0].WaitMs, scene.Rows[0].Status));
    }

    [Fact]
    public void Response_before_the_end_of_sending_has_send_and_wait()
    {
        var scene = new Scene();
        scene.Start("//1/1/").SendOn("//1/1/", 1).Add(NetworkEventKind.RequestContentStart, "//1/1/5/").Answer("//1/1/").Stop("//1/1/");

        Assert.Equal((1, 2), (scene.Rows[0].SendMs, scene.Rows[0].WaitMs));
    }

    [Fact]
    public void Request_through_a_tunnel_shows_what_the_connection_to_the_proxy_cost_as_well()
    {
        var scene = new Scene();
        scene.Start("//1/1/")
            .Begin(SetupPhaseKind.Dns, "//1/1/1/").After(9).End(SetupPhaseKind.Dns, "//1/1/1/")
            .Begin(SetupPhaseKind.Tcp, "//1/1/1/1/").After(19).End(SetupPhaseKind.Tcp, "//1/1/1/1/")
            .Established("//1/1/", 0).LeftQueue("//1/1/", 32).SendOn("//1/1/", 0).After(99).Answer("//1/1/")
            .Begin(SetupPhaseKind.Tls, "//1/1/4/").After(29).End(SetupPhaseKind.Tls, "//1/1/4/")
            .Established("//1/1/", 1).LeftQueue("//1/1/", 165).SendOn("//1/1/", 1).After(6).Answer("//1/1/", 201).Stop("//1/1/", 201);

        var row = Assert.Single(scene.Rows);
        Assert.Equal((1, ConnectionUse.New, 1, 201), (row.ConnectionId, row.Connection, row.Sends, row.Status));
        Assert.Equal((165, 10, 20, 30, 7), (row.QueueMs, row.DnsMs, row.TcpMs, row.TlsMs, row.WaitMs));
    }

    [Fact]
    public void Redirect_to_another_host_is_no_tunnel()
    {
        var scene = new Scene();
        scene.Start("//1/1/").Setup("//1/1/").Established("//1/1/", 1).LeftQueue("//1/1/", 63).SendOn("//1/1/", 1).Answer("//1/1/", 302)
            .Setup("//1/1/").Established("//1/1/", 2).LeftQueue("//1/1/", 64).SendOn("//1/1/", 2).Answer("//1/1/").Stop("//1/1/");

        Assert.Equal((2, 2, 127, 10, 20), (scene.Rows[0].Sends, scene.Rows[0].ConnectionId, scene.Rows[0].QueueMs, scene.Rows[0].DnsMs, scene.Rows[0].TcpMs));
    }

    [Fact]
    public void Inner_request_has_its_own_events()
    {
        var scene = new Scene();
        scene.Start("//1/1/").Start("//1/1/4/", "inner").LeftQueue("//1/1/4/", 3).SendOn("//1/1/4/", 5).Stop("//1/1/4/").SendOn("//1/1/", 6).Stop("//1/1/");

        Assert.Equal([("inner:443", 5L), ("api:443", 6L)], scene.Rows.Select(row => (row.Host, row.ConnectionId!.Value)));
        Assert.Null(scene.Rows[1].QueueMs);
    }

    [Fact]
    public void Requests_that_were_under_way_are_counted()
    {
        var scene = new Scene();
        scene.Answer("//1/1/").Stop("//1/1/").Start("//1/2/");

        Assert.Empty(scene.Rows);
        Assert.Equal((1, 1), (scene.Correlator.Unbegun, scene.Correlator.Unended));
    }

    [Fact]
    public void Requests_that_began_before_activities_were_tracked_are_counted_as_well()
    {
        var scene = new Scene();
        scene.Add(NetworkEventKind.RequestStop, null).Start(null).Add(NetworkEventKind.RequestStop, null).Add(NetworkEventKind.RequestStop, null);

        Assert.Equal((2, 1), (scene.Correlator.Unbegun, scene.Correlator.Uncorrelated));
    }

    [Fact]
    public void What_is_remembered_has_a_limit()
    {
        var scene = new Scene(new CorrelatorLimits(Running: 10, Ended: 10, Open: 10, Closed: 10));
        scene.Start("//2/1/").SendOn("//2/1/", 1_000_000).Stop("//2/1/");
        for (var i = 0; i < 1_000; i++)
        {
            var path = $"//1/{i}/";
            scene.Start(path).Established(path, i).SendOn(path, i).Stop(path).Add(NetworkEventKind.ConnectionClosed, path, e => e with { ConnectionId = i });
            scene.Start($"//3/{i}/");
        }

        Assert.Equal((10, 990), (scene.Correlator.Unended, scene.Correlator.Forgotten));
        Assert.Equal(1_001, scene.Rows.Count);
        // The open one is not forgotten for the many that came and went.
        Assert.Equal([.. Enumerable.Range(990, 10), 1_000_000L], scene.Correlator.Connections.Select(connection => connection.Id));
    }
}
