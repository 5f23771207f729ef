namespace ConnectionTracingDemo.Viewer.Output;

/// <summary>The writer of each format.</summary>
internal static class RowWriter
{
    /// <param name="format">The format.</param>
    /// <param name="output">Where to write.</param>
    /// <param name="service">What sends the requests: the name of the process, or of the file.</param>
    public static IRowWriter Create(OutputFormat format, TextWriter output, string service) => format switch
    {
        OutputFormat.Json => new JsonRowWriter(output),
        OutputFormat.Csv => new CsvRowWriter(output),
        OutputFormat.Har => new HarRowWriter(output, service),
        _ => new TableRowWriter(output),
    };
}
