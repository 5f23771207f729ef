using ConnectionTracing.Model;

namespace ConnectionTracing.Runtime;

/// <summary>Is told of requests and connections, on the thread on which they end. What it throws is logged once and changes nothing else.</summary>
internal interface IConnectionObserver
{
    /// <summary>What it does shows in the whole process: of those that several hosts have, one is told.</summary>
    bool IsShared => false;

    /// <summary>A request has ended, before its span is exported.</summary>
    void OnRequest(in CompletedRequest request);

    /// <summary>The body of a recorded request has been read, or could not be.</summary>
    void OnBody(in ReadBody body)
    {
    }

    /// <summary>A connection has been opened, or could not be.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="ownPhases">Its phases without those of the connection inside a tunnel.</param>
    void OnConnection(TrackedConnection connection, SetupPhase[] ownPhases)
    {
    }

    /// <summary>A connection has been closed.</summary>
    void OnClosed(TrackedConnection connection)
    {
    }
}
