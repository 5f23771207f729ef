using ConnectionTracingDemo.AppHost;

// A TLS handshake is part of what this demo shows, so https has to work on a machine that has never seen a development certificate.
// Publishing describes the services and starts none.
var publishes = args.Contains("publish") || args.Contains("--publisher");
if (!publishes && HttpFallback.IsHttpsWanted && !DevelopmentCertificate.EnsureTrusted())
{
    HttpFallback.Apply(Projects.ConnectionTracingDemo_AppHost.ProjectPath);
}

var builder = DistributedApplication.CreateBuilder(args);

var apiService = builder.AddProject<Projects.ConnectionTracingDemo_ApiService>("apiservice")
    .WithHttpHealthCheck("/health")
    .WithConnectionTracing();

builder.AddProject<Projects.ConnectionTracingDemo_Web>("webfrontend")
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    .WithConnectionTracing()
    .WithFaultLab()
    .WithReference(apiService)
    .WaitFor(apiService);

if (await PortCheck.FindTakenAsync(builder) is { Count: > 0 } taken)
{
    Console.Error.WriteLine(string.Join(Environment.NewLine, taken));
    return 1;
}

builder.Build().Run();
return 0;
