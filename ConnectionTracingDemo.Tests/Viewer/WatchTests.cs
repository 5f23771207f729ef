using System.Runtime.CompilerServices;
using ConnectionTracingDemo.Tests.Har;
using ConnectionTracingDemo.Tests.Standalone;

namespace ConnectionTracingDemo.Tests.Viewer;

/// <summary>The tool against a running process.</summary>
public sealed class WatchTests
{
    private const string Path = "/weatherforecast";
    private const string FullDisk = "/dev/full";

    [UnixFact]
    public async Task Two_requests_are_two_rows_live_and_from_the_recording()
    {
        using var folder = new TempFolder();
        await using var web = await WatchedWeb.StartAsync();
        await using var viewer = await ViewerProgram.WatchAsync(web.ProcessId, "--output", folder.File("x.nettrace"));

        await web.Visitor.GetNewWeatherAsync();
        await web.Visitor.GetNewWeatherAsync();
        await viewer.WaitForLinesAsync(2, line => line.EndsWith(Path, StringComparison.Ordinal));
        Assert.Equal(0, await viewer.TerminateAsync());

        // utc method host status total queue dns tcp tls send wait body conn use path
        var rows = viewer.Output.Split(Environment.NewLine).Where(line => line.EndsWith(Path, StringComparison.Ordinal)).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.Equal(["new", "reused"], rows.Select(row => row[13]));
        Assert.All(rows, row => Assert.Equal(("GET", "200", "-"), (row[1], row[3], row[8])));
        Assert.NotEqual("-", rows[0][6]);
        Assert.NotEqual("-", rows[0][7]);
        Assert.Equal(["-", "-", "-"], rows[1][5..8]);
        Assert.Contains("p50", viewer.Output, StringComparison.Ordinal);

        var table = viewer.Output.Split(Environment.NewLine).Where(line => !line.StartsWith("Watching ", StringComparison.Ordinal));
        Assert.Equal(table, (await ViewerProgram.RunAsync("read", folder.File("x.nettrace"))).Split(Environment.NewLine));
    }

    [UnixFact]
    public async Task Process_that_is_killed_leaves_what_there_was()
    {
        await using var web = await WatchedWeb.StartAsync();
        await using var viewer = await ViewerProgram.WatchAsync(web.ProcessId, "--format", "json");

        await web.Visitor.GetNewWeatherAsync();
        await viewer.WaitForLinesAsync(1, line => line.Contains(Path, StringComparison.Ordinal));
        await web.KillAsync();
        await viewer.WaitForLinesAsync(1, line => line == $"Process {web.ProcessId} has ended; this is what there was.");

        var total = ViewerProgram.Json((await viewer.WaitForLinesAsync(1, line => line.StartsWith("""{"type":"total""", StringComparison.Ordinal))).Single());
        Assert.Equal(1, total.GetProperty("requests").GetInt32());
    }

    [UnixFact]
    public async Task Har_file_is_written_at_the_end()
    {
        await using var web = await WatchedWeb.StartAsync();
        await using var viewer = await ViewerProgram.WatchAsync(web.ProcessId, "--format", "har");

        await web.Visitor.GetNewWeatherAsync();
        Assert.Equal(0, await viewer.TerminateAsync());

        var har = viewer.Output.Split(Environment.NewLine).Single(line => line.StartsWith('{'));
        var entry = Assert.Single(HarAssert.IsValid(har));
        Assert.Equal(("ConnectionTracingDemo.Web", 200), (entry.Text("_service"), entry.GetProperty("response").GetProperty("status").GetInt32()));
    }

    [UnixFact]
    public async Task Process_that_does_not_answer_is_not_waited_for_and_leaves_the_last_recording()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("x.nettrace"), "the last recording");
        await using var web = await WatchedWeb.StartAsync();
        await using var viewer = await ViewerProgram.WatchAsync(web.ProcessId);
        await RunningProgram.RunAsync("kill", ["-STOP", $"{web.ProcessId}"], ".");

        var refused = ViewerProgram.FailAsync("watch", $"{web.ProcessId}", "--output", folder.File("x.nettrace"));
        Assert.Equal(1, await viewer.TerminateAsync());

        Assert.Contains($"Process {web.ProcessId} does not answer any more", viewer.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("has ended", viewer.Output, StringComparison.Ordinal);
        Assert.Contains("it has not answered", await refused, StringComparison.Ordinal);
        Assert.Equal("the last recording", await File.ReadAllTextAsync(folder.File("x.nettrace")));
    }

    [FullDiskFact]
    public async Task Recording_that_cannot_go_on_is_told_and_the_watching_goes_on()
    {
        await using var web = await WatchedWeb.StartAsync();
        await using var viewer = await ViewerProgram.WatchAsync(web.ProcessId, "--format", "json", "--output", FullDisk);

        await web.Visitor.GetNewWeatherAsync();
        await viewer.WaitForLinesAsync(1, line => line.Contains(Path, StringComparison.Ordinal));
        Assert.Equal(1, await viewer.TerminateAsync());

        Assert.Contains("The recording ends in the middle: ", viewer.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("has ended", viewer.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", viewer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_watched_or_read_is_told_in_one_line()
    {
        using var folder = new TempFolder();
        await System.IO.File.WriteAllTextAsync(folder.File("notes.txt"), "no trace");
        await System.IO.File.WriteAllBytesAsync(folder.File("cut.nettrace"), [.. "Nettrace"u8, 20, 0, 0, 0, .. "!FastSerialization.1"u8, 5, 5, 1]);

        Assert.Contains("There is no process 2147483647. 'connection-viewer ps' lists", await ViewerProgram.FailAsync("watch", "2147483647"), StringComparison.Ordinal);
        Assert.Contains("There is no .NET process named 'nobody'.", await ViewerProgram.FailAsync("watch", "nobody"), StringComparison.Ordinal);
        Assert.Contains("There is no file", await ViewerProgram.FailAsync("read", folder.File("missing")), StringComparison.Ordinal);
        Assert.Contains("is not a .nettrace file", await ViewerProgram.FailAsync("read", folder.File("notes.txt")), StringComparison.Ordinal);
        Assert.Contains("ends in the middle", await ViewerProgram.FailAsync("read", folder.File("cut.nettrace")), StringComparison.Ordinal);
        Assert.Contains("'' cannot be read", await ViewerProgram.FailAsync("read", ""), StringComparison.Ordinal);
        Assert.Contains("'soon' is not a duration", await ViewerProgram.FailAsync("watch", "1", "--for", "soon"), StringComparison.Ordinal);
        Assert.Contains("'-3' is no size of a buffer", await ViewerProgram.FailAsync("watch", "1", "--buffer", "-3"), StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", await ViewerProgram.FailAsync("watch", "1", "--buffer", "many"), StringComparison.Ordinal);
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class FullDiskFactAttribute : FactAttribute
    {
        public FullDiskFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : base(file, line) => Skip = System.IO.File.Exists(FullDisk) ? null : $"There is no {FullDisk}.";
    }
}
