extern alias viewer;

using System.Text.Json;
using viewer::ConnectionTracingDemo.Viewer;
using viewer::ConnectionTracingDemo.Viewer.Commands;
using viewer::ConnectionTracingDemo.Viewer.Correlation;
using viewer::ConnectionTracingDemo.Viewer.Output;
using viewer::ConnectionTracingDemo.Viewer.Sources;
using viewer::ConnectionTracingDemo.Viewer.Totals;

namespace ConnectionTracingDemo.Tests.Viewer;

public sealed class OutputTests
{
    private static readonly RequestRow Row = new()
    {
        Start = new DateTime(2026, 11, 21, 12, 30, 15, 250, DateTimeKind.Utc),
        Method = "GET",
        Host = "api:443",
        Scheme = "https",
        UrlPath = "/a,b?*",
        Status = 200,
        TotalMs = 12.345,
        DnsMs = 1.5,
        ConnectionId = 3,
        Connection = ConnectionUse.New,
        Sends = 1,
    };

    [Fact]
    public void Table_has_a_column_for_each_time_and_a_hyphen_for_what_is_unknown()
    {
        var lines = Write(OutputFormat.Table, Row);

        Assert.Equal(["utc", "method", "host", "status", "total", "queue", "dns", "tcp", "tls", "send", "wait", "body", "conn", "use", "path"], Words(lines[0]));
        Assert.Equal(["12:30:15.250", "GET", "api:443", "200", "12.3", "-", "1.5", "-", "-", "-", "-", "-", "3", "new", "/a,b?*"], Words(lines[1]));
    }

    [Fact]
    public void Texts_of_the_process_do_not_control_the_terminal()
    {
        var line = Write(OutputFormat.Table, Row with { UrlPath = "/\u001b[2J", Error = "two\r\nlines" })[1];

        Assert.EndsWith("/?[2J  two??lines", line);
    }

    [Fact]
    public void Connections_do_not_control_the_terminal_either()
    {
        using var output = new StringWriter();
        var connection = new WatchedConnection(1) { Host = "\u001b[2J", HttpVersion = "1\u001b[2J", RemoteAddress = "\u001b[2J" };

        RowWriter.Create(OutputFormat.Table, output, "shop").WriteEnd([connection], [], Row.Start);

        Assert.DoesNotContain('\u001b', output.ToString());
    }

    [Fact]
    public void Csv_quotes_what_has_a_comma()
    {
        var lines = Write(OutputFormat.Csv, Row);

        Assert.Equal("2026-11-21T12:30:15.2500000Z,GET,https,api:443,\"/a,b?*\",,200,,12.345,,1.500,,,,,,3,new,1", lines[1]);
        Assert.Equal(lines[0].Split(',').Length, lines[1].Replace("a,b", "", StringComparison.Ordinal).Split(',').Length);
    }

    [Theory]
    [InlineData("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(1)", "'@SUM(1)")]
    public void Csv_has_no_formulas(string error, string field)
    {
        var line = Write(OutputFormat.Csv, Row with { Error = error, QueueMs = -1 })[1];

        Assert.Contains($",200,{field},12.345,-1.000,", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_one_object_per_line()
    {
        var row = JsonDocument.Parse(Write(OutputFormat.Json, Row)[0]).RootElement;

        Assert.Equal(("request", "/a,b?*", 1.5, "new"), (row.GetProperty("type").GetString(), row.GetProperty("path").GetString(), row.GetProperty("dnsMs").GetDouble(), row.GetProperty("use").GetString()));
        Assert.Equal(JsonValueKind.Null, row.GetProperty("tlsMs").ValueKind);
    }

    [Fact]
    public void Quantiles_are_right_within_one_percent()
    {
        var histogram = new Histogram();
        for (var ms = 1; ms <= 1_000; ms++)
        {
            histogram.Add(ms);
        }

        Assert.InRange(histogram.Quantile(0.50), 495, 505);
        Assert.InRange(histogram.Quantile(0.95), 940, 960);
        Assert.InRange(histogram.Quantile(0.99), 980, 1_000);
        Assert.InRange(histogram.Quantile(1), 990, 1_000);
    }

    [Fact]
    public void Beyond_many_hosts_they_are_counted_together()
    {
        var totals = new HostTotals();
        for (var i = 0; i < HostTotals.MostHosts + 50; i++)
        {
            totals.Add(Row with { Host = $"host{i}:80" });
        }

        Assert.Equal(50, totals.All.First().Requests);
        Assert.Equal(HostTotals.Others, totals.All.First().Host);
    }

    [Fact]
    public void Call_that_failed_after_the_headers_of_the_response_has_failed()
    {
        var total = new HostTotal("api:443");
        total.Add(Row);
        total.Add(Row with { Error = "Error while copying content to a stream." });
        total.Add(Row with { Error = "Connection refused", Status = null });

        Assert.Equal((3, 2), (total.Requests, total.Failed));
    }

    [Theory]
    [InlineData("/orders?id=7&token=secret", "/orders?*")]
    [InlineData("/orders?*", "/orders?*")]
    [InlineData("/orders", "/orders")]
    [InlineData(null, null)]
    public void Query_values_are_not_shown(string? written, string? shown) => Assert.Equal(shown, UrlPath.WithoutQueryValues(written));

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("30s", 30_000)]
    [InlineData("1.5m", 90_000)]
    [InlineData("2", 2_000)]
    [InlineData("abc", null)]
    [InlineData("-1s", null)]
    [InlineData("5sm", null)]
    [InlineData("1200h", null)]
    public void Durations(string text, int? milliseconds) => Assert.Equal(milliseconds, (int?)Duration.Parse(text, bareUnitMs: 1_000)?.TotalMilliseconds);

    [Fact]
    public void Program_of_the_dotnet_command_gives_the_process_its_name()
    {
        Assert.Equal("Shop", DotNetProcess.NameOf("dotnet", ["dotnet", "exec", "/srv/Shop.dll", "--urls=x"]));
        Assert.Equal("dotnet", DotNetProcess.NameOf("dotnet", ["dotnet", "build"]));
        Assert.Equal("Shop", DotNetProcess.NameOf("Shop", ["/srv/Shop", "other.dll"]));
    }

    [Fact]
    public void Name_of_a_process_does_not_control_the_terminal()
    {
        Assert.Equal("Sh?[2Jop", DotNetProcess.NameOf("dotnet", ["dotnet", "/srv/Sh\u001b[2Jop.dll"]));
        Assert.Equal("Sh?op", DotNetProcess.NameOf("Sh\nop", []));
    }

    [Fact]
    public void Host_filter_is_a_part_of_host_and_port()
    {
        Assert.True(new ViewOptions { Host = "API" }.Shows("api:443"));
        Assert.True(new ViewOptions { Host = ":443" }.Shows("api:443"));
        Assert.False(new ViewOptions { Host = "web" }.Shows("api:443"));
    }

    private static string[] Write(OutputFormat format, RequestRow row)
    {
        using var output = new StringWriter { NewLine = "\n" };
        RowWriter.Create(format, output, "shop").Write(row);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
