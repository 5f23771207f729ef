namespace ConnectionTracingDemo.Viewer;

/// <summary>What rows are made of.</summary>
internal enum RowSource
{
    /// <summary>The events of System.Net, joined by ActivityID.</summary>
    Events,

    /// <summary>Activities that the DiagnosticSource provider has streamed, joined by their own ids.</summary>
    Activities,
}
