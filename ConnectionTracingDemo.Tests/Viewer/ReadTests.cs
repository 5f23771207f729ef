using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ConnectionTracingDemo.Tests.Har;
using ConnectionTracingDemo.Tests.Standalone;
using Microsoft.Diagnostics.Tracing;

namespace ConnectionTracingDemo.Tests.Viewer;

/// <summary>Recordings of others than the viewer.</summary>
public sealed class ReadTests : IDisposable
{
    private const string Path = "/weatherforecast";

    private readonly TempFolder _folder = new();

    private string File => _folder.File("x.nettrace");

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public async Task Recording_with_the_documented_providers_has_all_but_the_method()
    {
        await RecordTwoVisitsAsync(await DocumentedProvidersAsync("System.Threading.Tasks.TplEventSource"));

        var rows = Requests(await ViewerProgram.RunAsync("read", File, "--format", "json"));

        AssertNewAndReused(rows);
        Assert.All(rows, row => Assert.Equal((null, true), (row.GetProperty("method").GetString(), row.GetProperty("waitMs").GetDouble() > 0)));
    }

    [UnixFact]
    public async Task Recording_of_activities_is_joined_by_their_ids_and_links()
    {
        await RecordTwoVisitsAsync(await DocumentedProvidersAsync("Microsoft-Diagnostics-DiagnosticSource"));

        var output = await ViewerProgram.RunAsync("read", File, "--format", "json");
        var rows = Requests(output);

        AssertNewAndReused(rows);
        Assert.All(rows, row => Assert.Equal(("GET", 200), (row.GetProperty("method").GetString(), row.GetProperty("status").GetInt32())));
        Assert.InRange(rows[0].GetProperty("queueMs").GetDouble(), 0, rows[0].GetProperty("totalMs").GetDouble());
        Assert.DoesNotContain("cannot", output, StringComparison.Ordinal);

        var connection = ViewerProgram.Json(Assert.Single(output.Split(Environment.NewLine), line => line.Contains("\"connection\",", StringComparison.Ordinal)));
        Assert.Equal(2, connection.GetProperty("served").GetInt32());
    }

    [UnixFact]
    public async Task Process_that_traces_its_connections_tells_when_requests_were_sent_and_answered()
    {
        await RecordTwoVisitsAsync(
            "Microsoft-Diagnostics-DiagnosticSource:0x3:5:FilterAndPayloadSpecs=\"[AS]System.Net.Http/Stop\"",
            "ConnectionTracing:Enabled=true", "ConnectionTracing:RequestPhases=true");

        var rows = Requests(await ViewerProgram.RunAsync("read", File, "--format", "json"));

        // There are no links, but attributes.
        Assert.Equal(["new", "reused"], rows.Select(row => row.GetProperty("use").GetString()));
        Assert.Equal([JsonValueKind.Number, JsonValueKind.Null], rows.Select(row => row.GetProperty("tcpMs").ValueKind));
        // The sum of the two is rounded.
        Assert.All(rows, row => Assert.InRange(row.GetProperty("sendMs").GetDouble() + row.GetProperty("waitMs").GetDouble(), 0, row.GetProperty("totalMs").GetDouble() + 0.000_001));
    }

    [UnixFact]
    public async Task Recording_of_requests_alone_does_not_say_new_or_reused()
    {
        await RecordTwoVisitsAsync("Microsoft-Diagnostics-DiagnosticSource:0x3:5:FilterAndPayloadSpecs=\"[AS]System.Net.Http/Stop\"");

        var output = await ViewerProgram.RunAsync("read", File, "--format", "json");

        Assert.All(Requests(output), row => Assert.Equal(("unknown", JsonValueKind.Null), (row.GetProperty("use").GetString(), row.GetProperty("dnsMs").ValueKind)));
        Assert.Contains("2 requests name no connection", output, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task Recording_of_activities_without_ids_says_what_is_missing()
    {
        await RecordTwoVisitsAsync("Microsoft-Diagnostics-DiagnosticSource:0x3:5:FilterAndPayloadSpecs=\"[AS]System.Net.Http/Stop:-DisplayName\"");

        var output = await ViewerProgram.FailAsync("read", File);

        Assert.Contains("2 activities cannot be correlated, as they tell no id or no duration.", output, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task Requests_that_were_fast_enough_are_no_rows_but_count()
    {
        await RecordTwoVisitsAsync(await DocumentedProvidersAsync("System.Threading.Tasks.TplEventSource"));
        var slowest = Requests(await ViewerProgram.RunAsync("read", File, "--format", "json")).Max(row => row.GetProperty("totalMs").GetDouble());

        var output = await ViewerProgram.RunAsync("read", File, "--format", "json", "--slow", string.Create(CultureInfo.InvariantCulture, $"{slowest}ms"));

        Assert.Equal(slowest, Assert.Single(Requests(output)).GetProperty("totalMs").GetDouble());
        Assert.Equal(2, ViewerProgram.Json(Assert.Single(output.Split(Environment.NewLine), line => line.Contains("\"total\",", StringComparison.Ordinal))).GetProperty("requests").GetInt32());
    }

    [UnixFact]
    public async Task Host_of_service_discovery_has_the_connections_that_served_it()
    {
        await RecordTwoVisitsAsync(await DocumentedProvidersAsync("System.Threading.Tasks.TplEventSource"));

        var output = await ViewerProgram.RunAsync("read", File, "--format", "json", "--host", "apiservice");

        var connection = ViewerProgram.Json(Assert.Single(output.Split(Environment.NewLine), line => line.Contains("\"connection\",", StringComparison.Ordinal)));
        Assert.Equal(Requests(output)[0].GetProperty("connection").GetInt64(), connection.GetProperty("id").GetInt64());
    }

    [UnixFact]
    public async Task Open_connection_has_the_age_that_it_had_at_the_end()
    {
        await RecordTwoVisitsAsync(await DocumentedProvidersAsync("System.Threading.Tasks.TplEventSource"));

        var output = await ViewerProgram.RunAsync("read", File, "--format", "json");

        var connection = ViewerProgram.Json(Assert.Single(output.Split(Environment.NewLine), line => line.Contains("\"connection\",", StringComparison.Ordinal)));
        var end = connection.GetProperty("opened").GetDateTime().AddMilliseconds(connection.GetProperty("ageMs").GetDouble());
        Assert.Equal(FindLastTime(), end, TimeSpan.FromMicroseconds(1));
    }

    [UnixTheory]
    [InlineData("System.Threading.Tasks.TplEventSource")]
    [InlineData("Microsoft-Diagnostics-DiagnosticSource")]
    public async Task Har_file_has_the_times_of_the_rows(string provider)
    {
        await RecordTwoVisitsAsync(await DocumentedProvidersAsync(provider));
        var rows = Requests(await ViewerProgram.RunAsync("read", File, "--format", "json"));

        // One line; remarks are others.
        var har = (await ViewerProgram.RunAsync("read", File, "--format", "har")).Split(Environment.NewLine).Single(line => line.StartsWith('{'));

        var entries = HarAssert.IsValid(har).Where(entry => entry.GetProperty("request").Text("url")!.EndsWith(Path, StringComparison.Ordinal)).ToList();
        Assert.Equal(rows.Select(row => row.GetProperty("totalMs").GetDouble()), entries.Select(entry => entry.GetProperty("time").GetDouble()), (expected, actual) => Math.Abs(expected - actual) < 0.005);
        Assert.Equal(rows.Select(row => $"{row.GetProperty("connection").GetInt64()}"), entries.Select(entry => entry.Text("connection")));
        Assert.All(entries, entry => Assert.Equal("x", entry.Text("_service")));
        Assert.Equal([false, true], entries.Select(entry => entry.GetProperty("_reused").GetBoolean()));
        Assert.True(entries[0].Timing("connect") > 0 && entries[0].Timing("dns") >= 0, $"{entries[0]}");
        Assert.Equal((0.001, -1, -1), (entries[1].Timing("blocked"), entries[1].Timing("dns"), entries[1].Timing("connect")));
        Assert.NotNull(entries[0].Text("serverIPAddress"));
    }

    [UnixFact]
    public async Task Pipe_is_no_file()
    {
        await RunningProgram.RunAsync("mkfifo", [File], ".");
        using var pipe = new FileStream(File, FileMode.Open, FileAccess.ReadWrite);
        pipe.Write("Nettrace"u8);
        pipe.Flush();

        Assert.Contains("is a pipe", await ViewerProgram.FailAsync("read", File), StringComparison.Ordinal);
    }

    private DateTime FindLastTime()
    {
        var last = DateTime.MinValue;
        using var source = new EventPipeEventSource(File);
        source.AllEvents += e => last = e.TimeStamp > last ? e.TimeStamp : last;
        source.Process();
        return last.ToUniversalTime();
    }

    private static void AssertNewAndReused(IReadOnlyList<JsonElement> rows)
    {
        Assert.Equal(["new", "reused"], rows.Select(row => row.GetProperty("use").GetString()));
        Assert.Single(rows.Select(row => row.GetProperty("connection").GetInt64()).Distinct());
        Assert.All(["queueMs", "dnsMs", "tcpMs"], column => Assert.Equal([JsonValueKind.Number, JsonValueKind.Null], rows.Select(row => row.GetProperty(column).ValueKind)));
    }

    private static List<JsonElement> Requests(string output) =>
        [.. output.Split(Environment.NewLine).Where(line => line.Contains($"\"path\":\"{Path}\"", StringComparison.Ordinal)).Select(ViewerProgram.Json)];

    /// <summary>What docs/viewer.md says that dotnet-trace has to be told.</summary>
    internal static async Task<string> DocumentedProvidersAsync(string first)
    {
        var manual = await System.IO.File.ReadAllTextAsync(System.IO.Path.Combine(Repository.Root, "docs", "viewer.md"));
        var command = Regex.Match(manual, $"dotnet-trace collect .* --providers '?({Regex.Escape(first)}[^'\\n]*)");
        Assert.True(command.Success, $"docs/viewer.md has no dotnet-trace command whose first provider is {first}.");
        return command.Groups[1].Value;
    }

    private async Task RecordTwoVisitsAsync(string providers, params string[] settings)
    {
        await using var web = await WatchedWeb.StartAsync(settings);
        await Recording.MakeAsync(web.ProcessId, File, providers, async () =>
        {
            await web.Visitor.GetNewWeatherAsync();
            await web.Visitor.GetNewWeatherAsync();
        });
    }
}
