namespace ConnectionTracingDemo.ApiService.Faults.Servers;

/// <summary>Does nothing wrong: what goes wrong is up to its client.</summary>
internal sealed class HttpServer : HttpFaultServer;
