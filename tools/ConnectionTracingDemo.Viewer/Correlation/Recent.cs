using System.Diagnostics.CodeAnalysis;

namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>Remembers so many things at most, and forgets the oldest.</summary>
internal sealed class Recent<T>(int most)
{
    private readonly Dictionary<string, T> _byKey = [];
    private readonly Queue<string> _inOrder = new();

    public IEnumerable<T> All => _byKey.Values;

    public bool TryGet(string key, [MaybeNullWhen(false)] out T value) => _byKey.TryGetValue(key, out value);

    public void Add(string key, T value)
    {
        if (!_byKey.ContainsKey(key))
        {
            _inOrder.Enqueue(key);
        }

        _byKey[key] = value;
        if (_inOrder.Count > most)
        {
            _byKey.Remove(_inOrder.Dequeue());
        }
    }

    public bool Take(string key, [MaybeNullWhen(false)] out T value) => _byKey.Remove(key, out value);
}
