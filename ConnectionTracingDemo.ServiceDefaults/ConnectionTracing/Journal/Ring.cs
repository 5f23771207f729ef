using System;
using System.Collections.Generic;
using System.Threading;

namespace ConnectionTracing.Journal;

/// <summary>
/// The last so many of a sequence, by their position in it. One thread at a time adds; any number read meanwhile, without a lock: an item
/// that may have been replaced while it was read counts as forgotten.
/// </summary>
/// <param name="capacity">How many are kept.</param>
/// <param name="start">The position of the first.</param>
internal sealed class Ring<T>(int capacity, long start = 0)
    where T : class
{
    // One slot more than are kept: it is the one that is being written.
    private readonly T[] _items = new T[capacity + 1];
    private long _keptFrom = start;
    private long _next = start;

    public int Capacity => capacity;

    /// <summary>The position of the first there ever was.</summary>
    public long First { get; } = start;

    /// <summary>The position of the oldest that is kept.</summary>
    public long Oldest => Math.Max(_keptFrom, Next - capacity);

    /// <summary>The position that the next one will have.</summary>
    public long Next => Volatile.Read(ref _next);

    public void Add(T item)
    {
        Volatile.Write(ref _items[_next % _items.Length], item);
        Volatile.Write(ref _next, _next + 1);
    }

    /// <summary>Reads those from a position on, oldest first, and moves the position behind the last of them.</summary>
    /// <param name="position">Where to begin.</param>
    /// <param name="most">How many to read at most.</param>
    /// <param name="missed">How many were forgotten before they could be read.</param>
    /// <param name="isWanted">Where to stop; null: at the end.</param>
    public IReadOnlyList<T> Read(ref long position, int most, out long missed, Predicate<T>? isWanted = null)
    {
        var from = Math.Max(position, Oldest);
        var end = Math.Min(Next, from + most);
        var items = new List<T>((int)Math.Max(0, end - from));
        for (var i = from; i < end; i++)
        {
            items.Add(Volatile.Read(ref _items[i % _items.Length]));
        }

        // What has been replaced in the meantime is not what had these positions.
        var valid = Math.Min(Oldest, end);
        if (valid > from)
        {
            items.RemoveRange(0, (int)(valid - from));
            from = valid;
        }

        if (isWanted is not null && items.FindIndex(item => !isWanted(item)) is var stop and >= 0)
        {
            items.RemoveRange(stop, items.Count - stop);
            end = from + stop;
        }

        missed = Math.Max(0, from - position);
        position = Math.Max(end, position);
        return items;
    }

    /// <summary>The same with another capacity: positions stay.</summary>
    public Ring<T> Resized(int newCapacity)
    {
        var from = Math.Max(Oldest, Next - newCapacity);
        var resized = new Ring<T>(newCapacity, First) { _keptFrom = from, _next = from };
        foreach (var item in Read(ref from, newCapacity, out _))
        {
            resized.Add(item);
        }

        return resized;
    }
}
