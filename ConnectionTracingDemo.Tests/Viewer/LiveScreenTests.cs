extern alias viewer;

using System.Runtime.CompilerServices;
using viewer::ConnectionTracingDemo.Viewer.Correlation;
using viewer::ConnectionTracingDemo.Viewer.Output;
using viewer::ConnectionTracingDemo.Viewer.Totals;
using Spectre.Console;

namespace ConnectionTracingDemo.Tests.Viewer;

/// <summary>What the screen shows, on terminals of several sizes.</summary>
public sealed class LiveScreenTests : IDisposable
{
    private static readonly DateTime Now = new(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc);

    private readonly StringWriter _written = new() { NewLine = "\n" };

    public void Dispose() => _written.Dispose();

    [Theory]
    [InlineData(60, 12)]
    [InlineData(80, 24)]
    [InlineData(160, 40)]
    [InlineData(300, 8)]
    public void Screen_is_never_larger_than_the_terminal(int width, int height)
    {
        using var screen = new LiveScreen(NewTerminal(width, height), "Watching 1 (Shop).");
        for (var i = 0; i < 500; i++)
        {
            screen.Write(Row(i) with { Host = "日本語のとても長い名前.example:443", UrlPath = $"/{new string('x', 200)}" });
        }

        var lines = Draw(screen, width, height, [.. Enumerable.Range(0, 100).Select(id => NewConnection(id, served: id))]);

        Assert.InRange(lines.Length, 1, height - 1);
        Assert.All(lines, line => Assert.InRange(new Spectre.Console.Rendering.Segment(line).CellCount(), 0, width));
        Assert.Contains(lines, line => line.StartsWith("and ", StringComparison.Ordinal));
    }

    [Fact]
    public void Last_requests_are_above_and_connections_below()
    {
        using var screen = new LiveScreen(NewTerminal(160, 14), "Watching 1 (Shop).");
        for (var i = 0; i < 50; i++)
        {
            screen.Write(Row(i));
        }

        var lines = Draw(screen, 160, 14, [NewConnection(7, served: 50)]);

        Assert.Equal("Watching 1 (Shop). Requests: 50. Ctrl+C ends it.", lines[0]);
        Assert.Equal(["utc", "status", "total", "queue", "dns", "tcp", "tls", "send", "wait", "body", "conn", "use", "request"], Words(lines[2]));
        Assert.Equal(Enumerable.Range(43, 7).Select(i => $"api:443/{i}"), lines[3..10].Select(line => Words(line)[^1]));
        Assert.Equal(["7", "1.1", "90.0", "open", "50", "api:443", "10.0.0.1"], Words(lines[12]));
    }

    [Fact]
    public void Later_screen_shows_what_has_changed()
    {
        using var screen = new LiveScreen(NewTerminal(80, 24), "Watching 1 (Shop).");
        var connection = NewConnection(7, served: 1);
        Draw(screen, 80, 24, [connection]);

        screen.Write(Row(1));
        connection.RequestsServed++;
        connection.Closed = Now;
        var lines = Draw(screen, 80, 24, [connection]);

        Assert.Contains("Requests: 1.", lines[0], StringComparison.Ordinal);
        Assert.Equal(["GET", "/1", "api:443"], Words(lines[3])[^3..]);
        Assert.Equal(["7", "1.1", "90.0", "closed", "2"], Words(lines[^1])[..5]);
    }

    [Theory]
    [InlineData("/[red]hot[/]", "/[red]hot[/]")]
    [InlineData("/[", "/[")]
    [InlineData("/\u001b[31m\u009b2J\u0007\r\n", "/?[31m?2J???")]
    [InlineData("/\u202egpj.exe\u2028", "/?gpj.exe?")]
    public void Texts_of_the_process_are_shown_as_they_are_and_control_nothing(string path, string shown)
    {
        using var screen = new LiveScreen(NewTerminal(160, 24), "Watching 1 (Shop).");
        screen.Write(Row(1) with { UrlPath = path });

        var lines = Draw(screen, 160, 24, []);

        Assert.EndsWith($"GET api:443{shown}", lines[3], StringComparison.Ordinal);
        Assert.DoesNotContain(string.Concat(lines), char.IsControl);
    }

    [Fact]
    public void End_gives_the_terminal_back_and_leaves_rows_connections_and_totals_in_it()
    {
        var totals = new HostTotals();
        totals.Add(Row(1));
        using (var screen = new LiveScreen(NewTerminal(80, 24, AnsiSupport.Yes), "Watching 1 (Shop)."))
        {
            screen.Write(Row(1));
            screen.Refresh(() => [], Now);
            screen.WriteEnd([NewConnection(7, served: 1)], [.. totals.All], Now);
        }

        var (live, end) = _written.ToString().Split("\u001b[?1049l") is [var before, var after] ? (before, after) : throw new InvalidOperationException($"The terminal is not given back once: {_written}");
        Assert.StartsWith("\u001b[?1049h\u001b[?25l", live, StringComparison.Ordinal);
        Assert.EndsWith("\u001b[?25h", live, StringComparison.Ordinal);
        Assert.Contains("Watching 1 (Shop).", live, StringComparison.Ordinal);
        Assert.Contains("GET /1 api:443", end, StringComparison.Ordinal);
        Assert.Contains("10.0.0.1", end, StringComparison.Ordinal);
        Assert.Equal(["1", "0", "1", "12.3", "12.3", "12.3", "api:443"], Words(end.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]));
    }

    [TerminalFact]
    public async Task In_a_terminal_watch_opens_the_screen_and_ends_with_the_totals()
    {
        await using var web = await WatchedWeb.StartAsync();
        await using var viewer = await ViewerProgram.WatchInTerminalAsync(web.ProcessId);

        await web.Visitor.GetNewWeatherAsync();
        await viewer.WaitForLinesAsync(1, line => line.Contains("/weatherforecast", StringComparison.Ordinal));
        await web.KillAsync();

        await viewer.WaitForLinesAsync(1, line => line.Contains("p99 ms", StringComparison.Ordinal));
        Assert.Contains("\u001b[?1049l", viewer.Output, StringComparison.Ordinal);
    }

    private static RequestRow Row(int number) => new()
    {
        Start = Now,
        Method = "GET",
        Host = "api:443",
        UrlPath = $"/{number}",
        Status = 200,
        TotalMs = 12.345,
        ConnectionId = 7,
        Connection = ConnectionUse.New,
    };

    private static WatchedConnection NewConnection(long id, long served) =>
        new(id) { Opened = Now.AddSeconds(-90), Host = "api:443", RemoteAddress = "10.0.0.1", HttpVersion = "1.1", RequestsServed = served };

    private IAnsiConsole NewTerminal(int width, int height, AnsiSupport ansi = AnsiSupport.No)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = ansi, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(_written) });
        (console.Profile.Width, console.Profile.Height) = (width, height);
        return console;
    }

    private string[] Draw(LiveScreen screen, int width, int height, IReadOnlyCollection<WatchedConnection> connections)
    {
        _written.GetStringBuilder().Clear();
        NewTerminal(width, height).Write(screen.Draw(connections, Now));
        return [.. _written.ToString().TrimEnd('\n').Split('\n').Select(line => line.TrimEnd())];
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class TerminalFactAttribute : FactAttribute
    {
        public TerminalFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : base(file, line) => Skip = OperatingSystem.IsLinux() && System.IO.File.Exists("/usr/bin/script") ? null : "There is no 'script' (util-linux) to make a terminal with.";
    }
}
