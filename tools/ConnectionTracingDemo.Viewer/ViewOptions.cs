using ConnectionTracingDemo.Viewer.Output;

namespace ConnectionTracingDemo.Viewer;

/// <summary>What is shown, and how.</summary>
internal sealed record ViewOptions
{
    public OutputFormat Format { get; init; }

    /// <summary>Part of the host and port of the requests to show; null shows all.</summary>
    public string? Host { get; init; }

    /// <summary>Rows of requests that took less are not written; they count in the totals. Zero writes all.</summary>
    public TimeSpan Slow { get; init; }

    public bool Shows(string host) => Host is null || host.Contains(Host, StringComparison.OrdinalIgnoreCase);
}
