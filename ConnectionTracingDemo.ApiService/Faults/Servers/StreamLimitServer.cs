using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ConnectionTracingDemo.ApiService.Faults.Servers;

/// <summary>HTTP/2 whose SETTINGS_MAX_CONCURRENT_STREAMS is small.</summary>
internal sealed class StreamLimitServer : HttpFaultServer
{
    public const int Streams = 2;

    protected override HttpProtocols Protocols => HttpProtocols.Http2;

    protected override void Configure(KestrelServerLimits limits) => limits.Http2.MaxStreamsPerConnection = Streams;
}
