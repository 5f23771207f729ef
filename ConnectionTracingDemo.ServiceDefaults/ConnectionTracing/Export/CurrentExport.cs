namespace ConnectionTracing.Export;

/// <summary>What exports the connection spans of a host at the moment.</summary>
internal sealed class CurrentExport
{
    private volatile ConnectionSpanProcessor? _processor;

    /// <summary>Null while tracing is off, or nothing is exported.</summary>
    public ConnectionSpanProcessor? Processor
    {
        get => _processor;
        set => _processor = value;
    }
}
