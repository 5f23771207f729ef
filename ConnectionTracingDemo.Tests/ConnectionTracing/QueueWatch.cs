using System.Diagnostics;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>Sees requests enter the queue of their connection pool.</summary>
internal sealed class QueueWatch : IDisposable
{
    private readonly SemaphoreSlim _entered = new(0);
    private readonly ActivityListener _listener;

    public QueueWatch()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Experimental.System.Net.Http.Connections",
            ActivityStarted = activity =>
            {
                if (activity.OperationName.EndsWith("WaitForConnection", StringComparison.Ordinal))
                {
                    _entered.Release();
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Waits until that many more requests have entered.</summary>
    public async Task Entered(int requests = 1)
    {
        for (var i = 0; i < requests; i++)
        {
            Assert.True(await _entered.WaitAsync(TimeSpan.FromSeconds(30)), "No request entered the queue.");
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _entered.Dispose();
    }
}
