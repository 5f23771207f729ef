using System.Diagnostics;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Tracking;

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
    [ThreadStatic]
    private static Activity? left;

    public static void Watch() => Activity.CurrentChanged += OnCurrentChanged;

    public static void Unwatch() => Activity.CurrentChanged -= OnCurrentChanged;

    /// <summary>The activity that was current before the setup; null where there was none or it was over.</summary>
    public static Activity? TakeLeft()
    {
        var activity = left;
        left = null;
        return activity is { IsStopped: false } ? activity : null;
    }

    private static void OnCurrentChanged(object? sender, ActivityChangedEventArgs change)
    {
        if (change.Current is null)
        {
            left = change.Previous is { IsStopped: false } previous ? previous : null;
        }
        else if (left is not null && change.Current.OperationName != NetworkActivities.ConnectionSetup)
        {
            left = null;
        }
    }
}
