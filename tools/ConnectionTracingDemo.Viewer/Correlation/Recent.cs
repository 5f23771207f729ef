using System.Diagnostics.CodeAnalysis;

namespace ConnectionTracingDemo.Viewer.Correlation;

/// <summary>Remembers so many things at most, and forgets the oldest. A key that has been taken does not come again.</summary>
internal sealed class Recent<TKey, T>(int most)
    where TKey : notnull
{
    private readonly Dictionary<TKey, T> _byKey = [];
    private readonly Queue<TKey> _inOrder = new();

    public IEnumerable<T> All => _byKey.Values;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out T value) => _byKey.TryGetValue(key, out value);

    public void Add(TKey key, T value)
    {
        if (!_byKey.ContainsKey(key))
        {
            _inOrder.Enqueue(key);
        }

        _byKey[key] = value;
        while (_byKey.Count > most)
        {
            _byKey.Remove(_inOrder.Dequeue());
        }

        if (_inOrder.Count > 2 * most)
        {
            // Half of them were taken meanwhile, at least.
            var left = _inOrder.Where(_byKey.ContainsKey).ToList();
            _inOrder.Clear();
            left.ForEach(_inOrder.Enqueue);
        }
    }

    public bool Take(TKey key, [MaybeNullWhen(false)] out T value) => _byKey.Remove(key, out value);
}
