using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Yarp.Telemetry.Consumption;

/// <summary>Logs what went wrong, each thing once: consumers are called in the middle of every request.</summary>
internal sealed class ConsumerGuard(ILogger<ConsumerGuard> logger)
{
    private readonly ConcurrentDictionary<(string Where, string What), bool> _reported = new();

    public void ConsumerFailed(object consumer, string what, Exception exception)
    {
        var name = consumer.GetType().FullName!;

        if (_reported.TryAdd((name, what), true))
        {
            logger.LogError(exception, "{Consumer} threw in {Event}; this is logged once.", name, what);
        }
    }

    public void PayloadUnknown(string source, string what)
    {
        if (_reported.TryAdd((source, what), true))
        {
            logger.LogWarning("{Source}/{Event} has a payload that is not known; such events reach no consumer. This is logged once.", source, what);
        }
    }
}
