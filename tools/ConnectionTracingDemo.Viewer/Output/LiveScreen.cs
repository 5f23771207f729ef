using ConnectionTracingDemo.Viewer.Correlation;
using ConnectionTracingDemo.Viewer.Totals;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ConnectionTracingDemo.Viewer.Output;

/// <summary>
/// The last requests and below them the connections, on a screen of their own while the watching goes on; what is there at the end, with the
/// totals, stays in the terminal.
/// </summary>
internal sealed class LiveScreen : IRowWriter, IDisposable
{
    // https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
    private const string Enter = "\u001b[?1049h\u001b[?25l";
    private const string Leave = "\u001b[?25h\u001b[?1049l";

    /// <summary>Title, two headings, two empty lines, and the last line, which would scroll.</summary>
    private const int LinesAround = 6;
    private const int MostRows = 200;
    private const int Wide = 100;
    private const int RowsAtEnd = 20;
    private const int ConnectionsAtEnd = 40;

    private static readonly Style Bad = new(Color.Red);
    private static readonly Style Doubtful = new(Color.Yellow);
    private static readonly Style Fresh = new(Color.Green);

    private static readonly ScreenColumn<RequestRow>[] RequestColumns =
    [
        new("utc", 12, row => row.Start.ToString("HH:mm:ss.fff"), From: Wide) { Align = Justify.Left },
        new("status", 6, row => Printable.Status(row.Status)) { Style = StyleOf },
        new("total", 7, row => Printable.Ms(row.TotalMs)),
        new("queue", 6, row => Printable.Ms(row.QueueMs)),
        new("dns", 5, row => Printable.Ms(row.DnsMs)),
        new("tcp", 5, row => Printable.Ms(row.TcpMs)),
        new("tls", 5, row => Printable.Ms(row.TlsMs)),
        new("send", 5, row => Printable.Ms(row.SendMs), From: 120),
        new("wait", 6, row => Printable.Ms(row.WaitMs)),
        new("body", 5, row => Printable.Ms(row.BodyMs), From: 120),
        new("conn", 4, row => row.ConnectionId?.ToString() ?? "-", From: Wide),
        new("use", 6, row => row.Connection switch { ConnectionUse.New => "new", ConnectionUse.Reused => "reused", _ => "?" })
        {
            Align = Justify.Left,
            Style = row => row.Connection == ConnectionUse.New ? Fresh : Style.Plain,
        },
        new("request", 0, row => $"{row.Method ?? "?"} {row.Host}{row.UrlPath}{(row.Error is null ? "" : $" {row.Error}")}", From: Wide) { Align = Justify.Left },
        new("request", 0, row => row.Error ?? $"{row.Method ?? "?"} {row.UrlPath} {row.Host}", Below: Wide) { Align = Justify.Left },
    ];

    private static readonly ScreenColumn<HostTotal>[] TotalColumns =
    [
        new("requests", 9, total => total.Requests.ToString()),
        new("failed", 7, total => total.Failed.ToString()) { Style = total => total.Failed > 0 ? Bad : Style.Plain },
        new("new", 6, total => total.NewConnections.ToString()),
        new("p50", 8, total => Printable.Ms(total.P50)),
        new("p95", 8, total => Printable.Ms(total.P95)),
        new("p99 ms", 8, total => Printable.Ms(total.P99)),
        new("host", 0, total => total.Host) { Align = Justify.Left },
    ];

    private readonly IAnsiConsole _console;
    private readonly string _title;
    private readonly Queue<RequestRow> _last = new();
    private readonly Lock _lock = new();
    private (int Width, int Height) _size;
    private long _rows;
    private bool _isOpen;

    public LiveScreen(IAnsiConsole console, string title)
    {
        _console = console;
        _title = title;
        _console.Write(new ControlCode(Enter));
        _isOpen = true;
    }

    /// <summary>The terminal, if the output goes to an interactive one that can do this.</summary>
    public static IAnsiConsole? FindTerminal()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        return !Console.IsOutputRedirected && console.Profile.Capabilities is { Ansi: true, Interactive: true } ? console : null;
    }

    public void Write(RequestRow row)
    {
        lock (_lock)
        {
            _rows++;
            _last.Enqueue(row);
            if (_last.Count > MostRows)
            {
                _last.Dequeue();
            }
        }
    }

    public void Refresh(Func<IReadOnlyCollection<WatchedConnection>> findConnections, DateTime now)
    {
        var size = (_console.Profile.Width, _console.Profile.Height);
        var isResized = size != _size;
        _size = size;
        _console.Write(new ScreenFrame(Draw(findConnections(), now), size.Height - 1, isResized));
    }

    public void WriteEnd(IReadOnlyCollection<WatchedConnection> connections, IReadOnlyCollection<HostTotal> totals, DateTime now)
    {
        Dispose();
        var width = _console.Profile.Width;
        List<IRenderable> parts = [];
        if (_last.Count > 0)
        {
            parts.AddRange([ScreenTable.Create(RequestColumns, _last.TakeLast(RowsAtEnd), width), Text.Empty]);
        }

        if (connections.Count > 0)
        {
            parts.AddRange([.. DrawConnections(connections, now, ConnectionsAtEnd), Text.Empty]);
        }

        if (totals.Count > 0)
        {
            parts.Add(ScreenTable.Create(TotalColumns, totals, width));
        }

        _console.Write(new Rows(parts));
    }

    /// <summary>Gives the terminal back.</summary>
    public void Dispose()
    {
        if (_isOpen)
        {
            _isOpen = false;
            _console.Write(new ControlCode(Leave));
        }
    }

    /// <summary>No more lines than the terminal has.</summary>
    internal IRenderable Draw(IReadOnlyCollection<WatchedConnection> connections, DateTime now)
    {
        var (width, height) = (_console.Profile.Width, _console.Profile.Height);
        var most = Math.Max(0, (height - LinesAround - 1) / 3);
        var lines = Math.Min(connections.Count, most) + (connections.Count > most ? 1 : 0);

        List<RequestRow> rows;
        long count;
        lock (_lock)
        {
            rows = [.. _last.TakeLast(Math.Max(1, height - LinesAround - lines))];
            count = _rows;
        }

        var title = new Text(Printable.Cut($"{_title} Requests: {count}. Ctrl+C ends it.", width));
        return new Rows([title, Text.Empty, ScreenTable.Create(RequestColumns, rows, width), Text.Empty, .. DrawConnections(connections, now, most)]);
    }

    private IEnumerable<IRenderable> DrawConnections(IReadOnlyCollection<WatchedConnection> connections, DateTime now, int most)
    {
        var shown = connections
            .OrderBy(connection => connection.Closed is not null).ThenByDescending(connection => connection.RequestsServed)
            .Take(most).OrderBy(connection => connection.Id);
        yield return ScreenTable.Create(ConnectionColumns(now), shown, _console.Profile.Width);
        if (connections.Count > most)
        {
            yield return new Text($"and {connections.Count - most} more");
        }
    }

    private static ScreenColumn<WatchedConnection>[] ConnectionColumns(DateTime now) =>
    [
        new("conn", 5, connection => connection.Id.ToString()),
        new("http", 4, connection => connection.HttpVersion ?? "?"),
        new("age s", 8, connection => connection.AgeAt(now) is { } age ? age.TotalSeconds.ToString("0.0") : "older"),
        new("state", 6, connection => connection.State) { Align = Justify.Left },
        new("served", 7, connection => connection.RequestsServed.ToString()),
        new("host", 0, connection => $"{connection.Host ?? "?"} {connection.RemoteAddress}".TrimEnd()) { Align = Justify.Left },
    ];

    private static Style StyleOf(RequestRow row) => row.Status switch
    {
        null or >= 500 => Bad,
        >= 400 => Doubtful,
        _ => Style.Plain,
    };
}
