using ConnectionTracing;

namespace ConnectionTracingDemo.Stress;

/// <summary>How much of the time of answered requests that took longer than 5 ms their phases explain.</summary>
internal sealed class Coverage
{
    private const double Shortest = 5;
    private const double Enough = 0.95;
    private const int Shown = 10;

    private static readonly HashSet<string> Explaining = ["queue", "send", "continue", "wait"];

    private readonly PriorityQueue<string, double> _worst = new();
    private readonly Dictionary<string, (int Explained, int Requests)> _operations = [];

    public void Add(TracedRequest request)
    {
        if (request.Status is null || request.Duration <= Shortest || RequestChecks.IsWithoutFlow(request))
        {
            return;
        }

        var unexplained = request.Duration - Union(request);
        lock (_worst)
        {
            var operation = RequestChecks.OperationOf(request);
            var (explained, requests) = _operations.GetValueOrDefault(operation);
            _operations[operation] = (explained + (unexplained <= request.Duration * (1 - Enough) ? 1 : 0), requests + 1);

            if (_worst.Count < Shown)
            {
                _worst.Enqueue(RequestChecks.Describe(request), unexplained);
            }
            else if (_worst.TryPeek(out _, out var least) && unexplained > least)
            {
                _worst.DequeueEnqueue(RequestChecks.Describe(request), unexplained);
            }
        }
    }

    /// <param name="required">Of so many percent of the requests enough must be explained.</param>
    /// <param name="violations">Where it goes if it is not.</param>
    public void Print(double required, Violations violations)
    {
        var (explained, requests) = (_operations.Values.Sum(operation => operation.Explained), _operations.Values.Sum(operation => operation.Requests));
        var share = requests == 0 ? 100 : 100.0 * explained / requests;
        Console.WriteLine(FormattableString.Invariant($"Phases explain 95 % of the time of {share:0.000} % of {requests} answered requests longer than {Shortest} ms. Not of:"));
        foreach (var (operation, count) in _operations.Where(operation => operation.Value.Explained < operation.Value.Requests).OrderByDescending(operation => operation.Value.Requests - operation.Value.Explained))
        {
            Console.WriteLine($"    {count.Requests - count.Explained} of {count.Requests} {operation}");
        }

        Console.WriteLine("The worst:");
        while (_worst.TryDequeue(out var request, out var unexplained))
        {
            Console.WriteLine(FormattableString.Invariant($"    {unexplained:0.0} ms unexplained: {request}"));
        }

        if (share < required)
        {
            violations.Add("phases explain too little", FormattableString.Invariant($"{share:0.000} % of the requests, {required} % are required"));
        }
    }

    private static double Union(TracedRequest request)
    {
        var sum = 0.0;
        var until = 0.0;
        foreach (var phase in request.Phases.Where(phase => Explaining.Contains(phase.Name)).OrderBy(phase => phase.Start))
        {
            var end = Math.Min(phase.Start + phase.Duration, request.Duration);
            sum += Math.Max(0, end - Math.Max(phase.Start, until));
            until = Math.Max(until, end);
        }

        return sum;
    }
}
