namespace ConnectionTracingDemo.Viewer.Output;

/// <summary>The writer of each format.</summary>
internal static class RowWriter
{
    public static IRowWriter Create(OutputFormat format, TextWriter output) => format switch
    {
        OutputFormat.Json => new JsonRowWriter(output),
        OutputFormat.Csv => new CsvRowWriter(output),
        _ => new TableRowWriter(output),
    };
}
