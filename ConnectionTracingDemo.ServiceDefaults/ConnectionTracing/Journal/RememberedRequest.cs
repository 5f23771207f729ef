using ConnectionTracing.Runtime;

namespace ConnectionTracing.Journal;

/// <summary>A request that has ended, and the connection that served it.</summary>
internal sealed record RememberedRequest(TracedRequest Request, TrackedConnection? Connection);
