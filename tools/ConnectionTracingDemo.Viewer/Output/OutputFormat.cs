namespace ConnectionTracingDemo.Viewer.Output;

/// <summary>How rows are written.</summary>
internal enum OutputFormat
{
    /// <summary>For people: requests, then connections, then totals.</summary>
    Table,

    /// <summary>One JSON object per line; its <c>type</c> is request, connection or total.</summary>
    Json,

    /// <summary>The requests only, for a spreadsheet.</summary>
    Csv,

    /// <summary>The requests only, at the end, for the developer tools of a browser.</summary>
    Har,
}
