using Spectre.Console;
using Spectre.Console.Rendering;

namespace ConnectionTracingDemo.Viewer.Output;

/// <summary>Lines of columns that are exactly as wide as the terminal. Nothing in them is markup.</summary>
internal static class ScreenTable
{
    private static readonly Style HeadingStyle = new(decoration: Decoration.Bold);

    public static IRenderable Create<T>(IEnumerable<ScreenColumn<T>> columns, IEnumerable<T> items, int width)
    {
        var shown = columns.Where(column => width >= column.From && width < column.Below).ToList();
        var rest = width - shown[..^1].Sum(column => column.Width + 1);
        shown[^1] = shown[^1] with { Width = Math.Max(1, rest) };

        var table = new Table().NoBorder();
        foreach (var column in shown)
        {
            table.AddColumn(new TableColumn(Cell(column.Heading, column, HeadingStyle))
            {
                Width = column.Width,
                Alignment = column.Align,
                Padding = new Padding(0, 0, column == shown[^1] ? 0 : 1, 0),
            });
        }

        foreach (var item in items)
        {
            table.AddRow(shown.Select(column => Cell(column.Text(item), column, column.Style(item))));
        }

        return table;
    }

    private static Text Cell<T>(string text, ScreenColumn<T> column, Style? style) => new(Fit(Printable.Text(text), column.Width), style);

    /// <summary>Cut to so many cells; a letter may take two.</summary>
    private static string Fit(string text, int cells)
    {
        if (new Segment(text).CellCount() <= cells)
        {
            return text;
        }

        var length = Math.Min(text.Length, cells - 1);
        while (length > 0 && new Segment(text[..length]).CellCount() > cells - 1)
        {
            length--;
        }

        return text[..length] + "…";
    }
}
