using System.CommandLine;
using ConnectionTracingDemo.Viewer.Output;

namespace ConnectionTracingDemo.Viewer.Commands;

/// <summary>The options that watching and reading have in common.</summary>
internal sealed class SharedOptions
{
    private readonly Option<string?> _host = new("--host") { Description = "Only requests whose host and port contain this" };

    private readonly Option<TimeSpan> _slow = new("--slow") { Description = "Only rows of requests that took as long, such as 200ms; the totals count all", CustomParser = Duration.Parser(bareUnitMs: 1) };

    private readonly Option<OutputFormat> _format = new("--format") { Description = "table (default), json (one object per line), csv, or har (written at the end)" };

    public void AddTo(Command command)
    {
        command.Options.Add(_host);
        command.Options.Add(_slow);
        command.Options.Add(_format);
    }

    public ViewOptions Read(ParseResult result) => new()
    {
        Host = result.GetValue(_host),
        Slow = result.GetValue(_slow),
        Format = result.GetValue(_format),
    };
}
