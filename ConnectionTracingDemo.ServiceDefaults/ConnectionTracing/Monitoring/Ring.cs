namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;

/// <summary>The last so many of a sequence, by their position in it. Not synchronized.</summary>
/// <param name="capacity">How many are kept.</param>
/// <param name="start">The position of the first.</param>
internal sealed class Ring<T>(int capacity, long start = 0)
{
    private readonly T[] _items = new T[capacity];
    private long _keptFrom = start;

    public int Capacity => _items.Length;

    /// <summary>The position of the first there ever was.</summary>
    public long First { get; } = start;

    /// <summary>The position of the oldest that is kept.</summary>
    public long Oldest => Math.Max(_keptFrom, Next - _items.Length);

    /// <summary>The position that the next one will have.</summary>
    public long Next { get; private set; } = start;

    public T this[long position] => _items[position % _items.Length];

    public void Add(T item)
    {
        _items[Next % _items.Length] = item;
        Next++;
    }

    /// <summary>Those from a position on, oldest first.</summary>
    public IEnumerable<T> From(long position)
    {
        for (var i = Math.Max(position, Oldest); i < Next; i++)
        {
            yield return this[i];
        }
    }

    /// <summary>The same with another capacity: positions stay.</summary>
    public Ring<T> Resized(int newCapacity)
    {
        var kept = From(Next - newCapacity).ToList();
        var resized = new Ring<T>(newCapacity, First) { Next = Next - kept.Count, _keptFrom = Next - kept.Count };
        kept.ForEach(resized.Add);
        return resized;
    }
}
