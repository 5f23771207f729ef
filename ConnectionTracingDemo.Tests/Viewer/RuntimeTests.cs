using System.Text.Json;
using ConnectionTracingDemo.Tests.ConnectionTracing;
using ConnectionTracingDemo.Tests.Standalone;

namespace ConnectionTracingDemo.Tests.Viewer;

/// <summary>The tool against processes of every runtime that docs/viewer.md names.</summary>
public sealed class RuntimeTests
{
    [UnixTheory, InlineData(8), InlineData(9), InlineData(10), InlineData(11)]
    public async Task Requests_are_shown_with_all_their_times_live_and_from_the_recording(int runtime)
    {
        using var folder = new TempFolder();
        await using var server = await TestServer.StartAsync(https: true);
        await using var client = await WatchedClient.StartAsync(runtime, server);
        await using var viewer = await ViewerProgram.WatchAsync(client.ProcessId, "--format", "json", "--output", folder.File("x.nettrace"));

        await client.SendTwoAsync();
        var live = await viewer.WaitForLinesAsync(2, IsRow);
        Assert.Equal(0, await viewer.TerminateAsync());

        var (first, second) = (ViewerProgram.Json(live[0]), ViewerProgram.Json(live[1]));
        Assert.Equal(("GET", "/first?*", 200, "new"), Describe(first));
        Assert.Equal(("GET", "/second", 200, "reused"), Describe(second));
        Assert.Equal(first.GetProperty("connection").GetInt64(), second.GetProperty("connection").GetInt64());
        Assert.All(["queueMs", "dnsMs", "tcpMs", "tlsMs", "sendMs", "waitMs"], column => Assert.InRange(Ms(first, column), 0, Ms(first, "totalMs")));
        Assert.InRange(Ms(first, "dnsMs") + Ms(first, "tcpMs") + Ms(first, "tlsMs"), 0, Ms(first, "totalMs"));
        Assert.All(["queueMs", "dnsMs", "tcpMs", "tlsMs"], column => Assert.Equal(JsonValueKind.Null, second.GetProperty(column).ValueKind));
        Assert.Equal(live, (await ViewerProgram.RunAsync("read", folder.File("x.nettrace"), "--format", "json")).Split(Environment.NewLine).Where(IsRow));
    }

    [UnixTheory, InlineData(8), InlineData(9), InlineData(10), InlineData(11)]
    public async Task Recording_of_activities_shows_what_the_runtime_tells(int runtime)
    {
        using var folder = new TempFolder();
        await using var server = await TestServer.StartAsync(https: true);
        await using var client = await WatchedClient.StartAsync(runtime, server);
        await Recording.MakeAsync(client.ProcessId, folder.File("x.nettrace"), await ReadTests.DocumentedProvidersAsync("Microsoft-Diagnostics-DiagnosticSource"), client.SendTwoAsync);

        if (runtime == 8)
        {
            Assert.Contains("2 requests cannot be shown: their activities have no attributes.", await ViewerProgram.FailAsync("read", folder.File("x.nettrace")), StringComparison.Ordinal);
            return;
        }

        var output = await ViewerProgram.RunAsync("read", folder.File("x.nettrace"), "--format", "json");
        var rows = output.Split(Environment.NewLine).Where(IsRow).Select(ViewerProgram.Json).ToList();
        string[] uses = runtime == 9 ? ["unknown", "unknown"] : ["new", "reused"];
        Assert.Equal([("GET", "/first?*", 200, uses[0]), ("GET", "/second", 200, uses[1])], rows.Select(Describe));
        Assert.InRange(Ms(rows[0], "queueMs"), 0, Ms(rows[0], "totalMs"));

        // The links are what tells which connection a request was sent on, and so what its setup cost.
        Assert.All(["dnsMs", "tcpMs"], column => Assert.Equal(runtime == 9 ? JsonValueKind.Null : JsonValueKind.Number, rows[0].GetProperty(column).ValueKind));
        Assert.Equal(runtime == 9, output.Contains("2 requests name no connection", StringComparison.Ordinal));
    }

    private static (string?, string?, int, string?) Describe(JsonElement row) =>
        (row.GetProperty("method").GetString(), row.GetProperty("path").GetString(), row.GetProperty("status").GetInt32(), row.GetProperty("use").GetString());

    private static double Ms(JsonElement row, string column) => row.GetProperty(column).GetDouble();

    private static bool IsRow(string line) => line.Contains("\"path\":\"/first", StringComparison.Ordinal) || line.Contains("\"path\":\"/second", StringComparison.Ordinal);
}
