namespace ConnectionTracingDemo.Tests.ConnectionTracing;

internal static class Waiting
{
    /// <summary>The task, but not forever. Long enough for a machine that does other things as well.</summary>
    public static Task Soon(this Task task) => task.WaitAsync(TimeSpan.FromSeconds(30));

    /// <inheritdoc cref="Soon(Task)"/>
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(30));
}
