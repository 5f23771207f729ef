using System.Diagnostics;
using ConnectionTracing;

namespace ConnectionTracingDemo.Stress;

/// <summary>
/// Three names of each connection, of which each must go with one of the others: the runtime's number, the span of its setup, and the
/// server's own name for it. And one request of each is its first.
/// </summary>
internal sealed class ConnectionLedger(Violations violations)
{
    // Longer than a pool keeps a connection that is not used.
    private static readonly TimeSpan Kept = 3 * Clients.IdleTimeout;

    private readonly Dictionary<string, ConnectionRecord> _bySetup = [];
    private readonly Names _serversOfNumbers = new();
    private readonly Names _numbersOfServers = new();
    private readonly Names _numbersOfSetups = new();

    /// <param name="request">A request that has ended.</param>
    /// <param name="server">The server's name of the connection on which it was answered; null: unknown.</param>
    public void Add(TracedRequest request, string? server)
    {
        lock (_bySetup)
        {
            if (server is not null && request.ConnectionId is { } id)
            {
                var number = $"{id}";
                if (!_serversOfNumbers.Fits(number, server, out var other) || !_numbersOfServers.Fits(server, number, out other))
                {
                    violations.Add("the connection is not the one that the server saw", $"{RequestChecks.Describe(request)}: number {number} and server's {server} go with {other}", RequestChecks.OperationOf(request));
                }
            }

            if (request.Connection is not { } setup)
            {
                return;
            }

            if (request is { Status: not null, ConnectionId: { } sentOn } && !_numbersOfSetups.Fits(setup, $"{sentOn}", out var before))
            {
                violations.Add("a connection has two numbers", $"{RequestChecks.Describe(request)}: setup {setup} had number {before}", RequestChecks.OperationOf(request));
            }

            if (!_bySetup.TryGetValue(setup, out var connection))
            {
                _bySetup[setup] = connection = new ConnectionRecord(RequestChecks.Describe(request));
            }

            connection.LastSeen = Stopwatch.GetTimestamp();
            if (request.Reused is false && ++connection.Firsts > 1)
            {
                violations.Add("two requests of a connection have reused=false", $"{RequestChecks.Describe(request)}; another: {connection.Example}", RequestChecks.OperationOf(request));
            }
        }
    }

    /// <summary>Nothing is under way. Connections that have long been idle are closed, and forgotten.</summary>
    public void Checkpoint()
    {
        lock (_bySetup)
        {
            foreach (var (setup, connection) in _bySetup)
            {
                if (connection.Firsts == 0 && !connection.IsReported)
                {
                    connection.IsReported = true;
                    violations.Add("no request of a connection has reused=false", connection.Example);
                }

                if (IsOver(connection.LastSeen))
                {
                    _bySetup.Remove(setup);
                }
            }

            _serversOfNumbers.ForgetOld();
            _numbersOfServers.ForgetOld();
            _numbersOfSetups.ForgetOld();
        }
    }

    private static bool IsOver(long lastSeen) => Stopwatch.GetElapsedTime(lastSeen) > Kept;

    private sealed class ConnectionRecord(string example)
    {
        public string Example => example;

        public int Firsts;
        public long LastSeen;
        public bool IsReported;
    }

    private sealed class Names
    {
        private readonly Dictionary<string, (string Name, long LastSeen)> _names = [];

        public bool Fits(string key, string name, out string expected)
        {
            expected = _names.TryGetValue(key, out var known) ? known.Name : name;
            _names[key] = (expected, Stopwatch.GetTimestamp());
            return expected == name;
        }

        public void ForgetOld()
        {
            foreach (var (key, (_, lastSeen)) in _names)
            {
                if (IsOver(lastSeen))
                {
                    _names.Remove(key);
                }
            }
        }
    }
}
