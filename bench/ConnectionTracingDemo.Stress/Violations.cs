using System.Collections.Concurrent;

namespace ConnectionTracingDemo.Stress;

/// <summary>What should not have happened, by kind, with a few examples of each.</summary>
internal sealed class Violations
{
    private const int Examples = 5;

    private readonly ConcurrentDictionary<string, (int Count, List<string> Examples)> _kinds = new();

    public int Count => _kinds.Values.Sum(kind => kind.Count);

    public void Add(string kind, string example)
    {
        lock (_kinds)
        {
            var (count, examples) = _kinds.GetValueOrDefault(kind, (0, []));
            if (examples.Count < Examples)
            {
                examples.Add(example);
            }

            _kinds[kind] = (count + 1, examples);
        }
    }

    public void Print()
    {
        lock (_kinds)
        {
            foreach (var (kind, (count, examples)) in _kinds.OrderByDescending(kind => kind.Value.Count))
            {
                Console.WriteLine($"VIOLATION {kind}: {count}");
                examples.ForEach(example => Console.WriteLine($"    {example}"));
            }
        }
    }
}
