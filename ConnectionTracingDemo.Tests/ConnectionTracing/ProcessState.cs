using System.Diagnostics;
using System.Diagnostics.Tracing;
using ConnectionTracing.Runtime;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>What tracing leaves behind in the process.</summary>
internal static class ProcessState
{
    public static void AssertNobodyListens()
    {
        Assert.Null(TracingSubscription.Tracker);

        foreach (var name in new[]
        {
            "Experimental.System.Net.Http.Connections",
            "Experimental.System.Net.NameResolution",
            "Experimental.System.Net.Sockets",
            "Experimental.System.Net.Security",
        })
        {
            using var probe = new ActivitySource(name);
            Assert.False(probe.HasListeners(), $"Somebody still listens to {name}.");
        }

        foreach (var source in EventSource.GetSources().Where(source => source.Name is "System.Net.Http" or "System.Net.Security"))
        {
            Assert.False(source.IsEnabled(), $"Somebody still listens to the events of {source.Name}.");
        }
    }
}
