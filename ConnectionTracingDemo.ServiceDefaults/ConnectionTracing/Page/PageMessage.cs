namespace ConnectionTracing.Page;

/// <summary>News of one service; one message of <c>/connection-tracing/page/events</c>.</summary>
/// <param name="Service">Its name.</param>
/// <param name="Problem">Why it does not answer, for the reader of the page; null: it does.</param>
/// <param name="StartedAgain">It has been restarted: what it told of its connections before is no longer up to date.</param>
/// <param name="Update">What happened; null where there is a problem.</param>
internal sealed record PageMessage(string Service, string? Problem, bool StartedAgain, ConnectionTracingUpdate? Update);
