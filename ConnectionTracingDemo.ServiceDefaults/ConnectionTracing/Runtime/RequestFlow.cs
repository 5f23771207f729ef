using System;
using System.Diagnostics;

namespace ConnectionTracing.Runtime;

/// <summary>
/// Tells in whose async flow a connection attempt begins. SocketsHttpHandler makes the setup a root by clearing
/// <see cref="Activity.Current"/> just before it starts it, on the same thread: what was current until then is the flow.
/// </summary>
/// <remarks>
/// An AsyncLocal set when a request starts would say the same, but every request would pay 100 to 160 bytes for it,
/// and only those that open a connection need the answer.
/// </remarks>
internal static class RequestFlow
{
    // Weak: a thread may stay idle for long, also after tracing was switched off, and would keep a whole chain of activities.
    // One per thread that ever left an activity, and reused.
    [ThreadStatic]
    private static WeakReference<Activity>? left;

    // Read each time an activity starts; cheaper than the reference.
    [ThreadStatic]
    private static bool hasLeft;

    public static void Watch() => Activity.CurrentChanged += OnCurrentChanged;

    public static void Unwatch() => Activity.CurrentChanged -= OnCurrentChanged;

    /// <summary>The activity that was current before the setup; null where there was none or it was over.</summary>
    public static Activity? TakeLeft()
    {
        var wasLeft = hasLeft;
        hasLeft = false;
        return wasLeft && left!.TryGetTarget(out var activity) && !activity.IsStopped ? activity : null;
    }

    private static void OnCurrentChanged(object? sender, ActivityChangedEventArgs change)
    {
        if (change.Current is null)
        {
            hasLeft = change.Previous is { IsStopped: false };
            if (!hasLeft)
            {
                return;
            }

            if (left is null)
            {
                left = new WeakReference<Activity>(change.Previous!);
            }
            else
            {
                left.SetTarget(change.Previous!);
            }
        }
        else if (hasLeft && change.Current.OperationName != NetworkActivities.ConnectionSetup)
        {
            hasLeft = false;
        }
    }
}
