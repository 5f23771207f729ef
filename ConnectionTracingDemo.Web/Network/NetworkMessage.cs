namespace ConnectionTracingDemo.Web;

/// <summary>News of one service, ready to be shown; one message of <c>/network/events</c>.</summary>
/// <param name="Service">Whose.</param>
/// <param name="State">How its connection tracing stands.</param>
/// <param name="StartedAgain">It has, and says no more what becomes of the connections that it told of before.</param>
/// <param name="Missed">How many requests were forgotten before anybody saw them.</param>
/// <param name="Requests">In the order in which they ended.</param>
/// <param name="Connections">New ones, and those that have changed.</param>
/// <param name="Findings">In the order in which they were found.</param>
internal sealed record NetworkMessage(
    string Service,
    ServiceState State,
    bool StartedAgain,
    long Missed,
    IReadOnlyList<TimingRow> Requests,
    IReadOnlyList<ConnectionRow> Connections,
    IReadOnlyList<FindingRow> Findings);
