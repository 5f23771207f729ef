using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;

namespace ConnectionTracing.Runtime;

/// <summary>
/// Knows when the process itself was late: because the thread pool had no thread for the next work item, or because the process was paused, by
/// a garbage collection, a debugger or a CPU limit. A continuation that ran late proves nothing about the network or the server. A thread of
/// its own queues a work item every 100 ms and measures when it runs; it rests while there are no requests.
/// </summary>
internal sealed class ThreadPoolWatch : IThreadPoolWorkItem, IDisposable
{
    /// <summary>What is later than this counts. Less is normal on a busy machine.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private const int RestAfter = 300;
    private const int Kept = 64;

    private readonly Action<Exception> _report;
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Queue<LateTime> _late = new();
    private Thread? _thread;
    private LateTime? _waiting;
    private long _waitingSince;
    private bool _used;
    private bool _rests = true;
    private volatile bool _disposed;

    /// <param name="report">Logs a failure.</param>
    public ThreadPoolWatch(Action<Exception> report) => _report = report;

    /// <summary>A request begins or ends. Reads only, most of the time: every request comes here.</summary>
    public void Use()
    {
        if (!Volatile.Read(ref _used))
        {
            Volatile.Write(ref _used, true);
        }

        if (Volatile.Read(ref _rests))
        {
            Start();
        }
    }

    /// <summary>How much of a time proves nothing, because the process may have been late.</summary>
    public TimeSpan UnprovenWithin(DateTime start, DateTime end)
    {
        var unproven = TimeSpan.Zero;
        var until = start;
        foreach (var late in Within(start, end))
        {
            // It may have been late since the work item before.
            var from = late.Start - Period > until ? late.Start - Period : until;
            var to = late.End + Period < end ? late.End + Period : end;
            if (to > from)
            {
                unproven += to - from;
                until = to;
            }
        }

        return unproven;
    }

    /// <summary>The longest wait for a thread of the pool within a time; null: no work item was late, or the whole process was.</summary>
    public LateTime? LongestWithin(DateTime start, DateTime end)
    {
        LateTime? longest = null;
        foreach (var late in Within(start, end))
        {
            if (!late.WasPaused && !(late.Duration <= longest?.Duration))
            {
                longest = late;
            }
        }

        return longest;
    }

    /// <summary>The work item runs.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        lock (_gate)
        {
            if (_waiting is { } waited)
            {
                _waiting = null;
                Add(waited with { End = waited.Start + Stopwatch.GetElapsedTime(_waitingSince) });
            }
        }
    }

    /// <summary>Notes a time at which the process was late.</summary>
    internal void Add(LateTime late)
    {
        lock (_gate)
        {
            if (late.Duration >= Late)
            {
                if (_late.Count == Kept)
                {
                    _late.Dequeue();
                }

                _late.Enqueue(late);
            }
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _wake.Set();
    }

    private void Start()
    {
        lock (_gate)
        {
            if (!_rests || _disposed)
            {
                return;
            }

            _rests = false;
            if (_thread is not null)
            {
                _wake.Set();
                return;
            }

            try
            {
                _thread = new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "ConnectionTracing" };
                _thread.UnsafeStart();
            }
            catch (Exception exception)
            {
                // Without threads, nothing tells that the process was late.
                _report(exception);
            }
        }
    }

    private void Run()
    {
        try
        {
            var idle = 0;
            while (!_disposed)
            {
                Probe();
                var slept = Stopwatch.GetTimestamp();
                var due = DateTime.UtcNow + Period;
                _wake.WaitOne(Period);
                if (_disposed)
                {
                    break;
                }

                var late = Stopwatch.GetElapsedTime(slept) - Period;
                if (late >= Late)
                {
                    Add(new LateTime(due, due + late, WasPaused: true, PendingWorkItems: 0, Threads: 0));
                }

                idle = Interlocked.Exchange(ref _used, false) ? 0 : idle + 1;
                if (idle > RestAfter && TryRest())
                {
                    idle = 0;
                    _wake.WaitOne();
                }
            }
        }
        catch (Exception exception)
        {
            _report(exception);
        }
    }

    private void Probe()
    {
        lock (_gate)
        {
            if (_waiting is { } waiting)
            {
                _waiting = waiting with
                {
                    PendingWorkItems = Math.Max(waiting.PendingWorkItems, ThreadPool.PendingWorkItemCount),
                    Threads = Math.Max(waiting.Threads, ThreadPool.ThreadCount),
                };
                return;
            }

            _waitingSince = Stopwatch.GetTimestamp();
            _waiting = new LateTime(DateTime.UtcNow, default, WasPaused: false, ThreadPool.PendingWorkItemCount, ThreadPool.ThreadCount);
        }

        // Not a timer: its callbacks overtake other work items.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private bool TryRest()
    {
        lock (_gate)
        {
            return _rests = _waiting is null;
        }
    }

    /// <summary>Those that overlap a time, in their order; also the one that goes on.</summary>
    private List<LateTime> Within(DateTime start, DateTime end)
    {
        var found = new List<LateTime>();
        lock (_gate)
        {
            foreach (var late in _late)
            {
                AddIfWithin(late);
            }

            if (_waiting is { } waiting && Stopwatch.GetElapsedTime(_waitingSince) is var elapsed && elapsed >= Late)
            {
                AddIfWithin(waiting with { End = waiting.Start + elapsed });
            }
        }

        found.Sort(static (x, y) => x.Start.CompareTo(y.Start));
        return found;

        void AddIfWithin(LateTime late)
        {
            if (late.Start < end && late.End > start)
            {
                found.Add(late with { Start = late.Start < start ? start : late.Start, End = late.End > end ? end : late.End });
            }
        }
    }

    /// <summary>A time at which the process was late.</summary>
    /// <param name="Start">When something was to run.</param>
    /// <param name="End">When it ran.</param>
    /// <param name="WasPaused">A thread of its own was late as well: it was not for want of a thread in the pool.</param>
    /// <param name="PendingWorkItems">How many work items waited, at most.</param>
    /// <param name="Threads">How many threads the pool had, at most.</param>
    internal readonly record struct LateTime(DateTime Start, DateTime End, bool WasPaused, long PendingWorkItems, int Threads)
    {
        public TimeSpan Duration => End - Start;
    }
}
