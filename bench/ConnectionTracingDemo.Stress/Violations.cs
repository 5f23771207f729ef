namespace ConnectionTracingDemo.Stress;

/// <summary>What should not have happened, by kind, with a few examples of each.</summary>
internal sealed class Violations
{
    private const int Examples = 5;

    private readonly Dictionary<string, Kind> _kinds = [];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <param name="kind">What is wrong.</param>
    /// <param name="example">All about it.</param>
    /// <param name="operation">What was going on, where known: which operation alone shows it.</param>
    public void Add(string kind, string example, string operation = "")
    {
        lock (_kinds)
        {
            _count++;
            if (!_kinds.TryGetValue(kind, out var known))
            {
                _kinds[kind] = known = new Kind();
            }

            known.Operations[operation] = known.Operations.GetValueOrDefault(operation) + 1;
            if (known.Examples.Count < Examples)
            {
                known.Examples.Add(example);
            }
        }
    }

    public void Print()
    {
        lock (_kinds)
        {
            foreach (var (name, kind) in _kinds.OrderByDescending(kind => kind.Value.Count))
            {
                var operations = kind.Operations.Where(operation => operation.Key.Length > 0).OrderByDescending(operation => operation.Value).ToList();
                Console.WriteLine($"VIOLATION {name}: {kind.Count}{(operations.Count == 0 ? "" : " in")} {string.Join(", ", operations.Select(operation => $"{operation.Key} {operation.Value}"))}".TrimEnd());
                kind.Examples.ForEach(example => Console.WriteLine($"    {example}"));
            }
        }
    }

    private sealed class Kind
    {
        public List<string> Examples { get; } = [];

        public Dictionary<string, int> Operations { get; } = [];

        public int Count => Operations.Values.Sum();
    }
}
