using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace ConnectionTracingDemo.ApiService.Faults;

/// <summary>A server on a loopback port of its own that does one thing wrong, or, for comparison, nothing.</summary>
internal abstract class FaultServer : IAsyncDisposable
{
    public virtual string Scheme => Uri.UriSchemeHttp;

    public abstract int Port { get; }

    /// <summary>In the order in which a client is to try them.</summary>
    public abstract IReadOnlyList<IPAddress> Addresses { get; }

    /// <summary>What it proves with that it is <c>localhost</c>: its own work, so nobody trusts it unless told to.</summary>
    public virtual X509Certificate2? Certificate => null;

    /// <summary>Returns when a client finds the server as it is meant to be.</summary>
    public abstract Task StartAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}
