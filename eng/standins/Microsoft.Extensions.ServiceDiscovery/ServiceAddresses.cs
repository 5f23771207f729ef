namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>The addresses of one service, handed out in turn.</summary>
internal sealed class ServiceAddresses(ServiceAddress[] addresses)
{
    private uint _taken;

    public ServiceAddress Next() => addresses[(Interlocked.Increment(ref _taken) - 1) % addresses.Length];
}
