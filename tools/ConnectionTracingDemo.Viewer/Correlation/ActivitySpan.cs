namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>An activity that has ended.</summary>
/// <param name="Name">Its operation name.</param>
/// <param name="Id">Its span id.</param>
internal sealed record ActivitySpan(string Name, string Id, DateTime Start, DateTime End)
{
    /// <summary>The span id of its parent; null for a root.</summary>
    public string? ParentId { get; init; }

    /// <summary>The span ids that it links to; null where the recording does not tell.</summary>
    public IReadOnlyList<string>? Links { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    public double Milliseconds => (End - Start).TotalMilliseconds;
}
