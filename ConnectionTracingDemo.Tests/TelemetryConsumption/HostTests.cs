using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Yarp.Telemetry.Consumption;

namespace ConnectionTracingDemo.Tests.TelemetryConsumption;

/// <summary>A host with consumers, and requests to itself.</summary>
[Collection(ProcessWideEvents.Name)]
public sealed class HostTests
{
    [Fact]
    public async Task One_request_over_https_is_heard_through_all_five_interfaces()
    {
        var recorder = new Recorder();
        await using (var server = await Server.StartAsync(services => services.AddTelemetryConsumer(recorder)))
        {
            await server.GetAsync("/all-five?secret=1");
        }

        var calls = recorder.Calls.ToList();
        Assert.Contains(calls, call => call.StartsWith("OnRequestStart https localhost ", StringComparison.Ordinal) && call.EndsWith(" /all-five?* 1 1 RequestVersionOrLower", StringComparison.Ordinal));
        Assert.Contains("OnResolutionStart localhost", calls);
        Assert.Contains("OnResolutionStop", calls);
        Assert.Contains(calls, call => call.StartsWith("OnConnectStart InterNetwork", StringComparison.Ordinal));
        Assert.Contains("OnConnectStop", calls);
        Assert.Contains("OnHandshakeStart False localhost", calls);
        Assert.Contains("OnHandshakeStart True ", calls);
        Assert.Contains("OnHandshakeStop Tls13", calls);
        Assert.Contains(calls, call => call.EndsWith(" HTTP/1.1 /all-five GET", StringComparison.Ordinal));
        Assert.Contains(calls, call => call.StartsWith("OnConnectionStart ", StringComparison.Ordinal));
        Assert.Contains("OnRequestStop 200", calls);
        Assert.All(recorder.Timestamps, timestamp => Assert.Equal(DateTimeKind.Utc, timestamp.Kind));
    }

    [Fact]
    public async Task Failures_bodies_and_redirections_are_heard_too()
    {
        var recorder = new Recorder();
        var log = new LogRecorder();
        await using (var server = await Server.StartAsync(services => services.AddTelemetryConsumer(recorder).AddSingleton<ILogger<ConsumerGuard>>(log)))
        {
            await server.PostAsync("/redirected", "12345");

            // Nothing listens on port 1; and a client that was not told to trust the server does not.
            using var stranger = new HttpClient();
            await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetAsync("http://127.0.0.1:1/nobody"));
            await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetAsync(server.Url("/untrusted")));
        }

        Assert.Contains("OnRequestContentStart", recorder.Calls);
        Assert.Contains("OnRequestContentStop 5", recorder.Calls);
        Assert.Contains(recorder.Calls, call => call.StartsWith("OnRedirect ", StringComparison.Ordinal) && call.EndsWith("/target", StringComparison.Ordinal));
        Assert.Contains(recorder.Calls, call => call.StartsWith("OnConnectFailed ConnectionRefused", StringComparison.Ordinal));
        Assert.Contains(recorder.Calls, call => call.StartsWith("OnRequestFailed ", StringComparison.Ordinal));
        Assert.Contains("OnRequestStop -1", recorder.Calls);
        Assert.Contains(recorder.Calls, call => call.StartsWith("OnHandshakeFailed False 00:00:", StringComparison.Ordinal));
        Assert.Empty(log.Messages);
    }

    [Fact]
    public async Task A_consumer_that_throws_harms_neither_the_request_nor_the_others()
    {
        var recorder = new Recorder();
        var log = new LogRecorder();
        await using (var server = await Server.StartAsync(services => services.AddTelemetryConsumer<Thrower>().AddTelemetryConsumer(recorder).AddSingleton<ILogger<ConsumerGuard>>(log)))
        {
            await server.GetAsync("/thrower");
        }

        Assert.Contains("OnResolutionStart localhost", recorder.Calls);
        Assert.Single(log.Messages, message => message.Contains(nameof(Thrower), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Registered_twice_is_called_once()
    {
        Recorder recorder = new();
        await using (var server = await Server.StartAsync(services => services.AddTelemetryConsumer(recorder).AddTelemetryConsumer(recorder).AddTelemetryListeners()))
        {
            await server.GetAsync("/once");
        }

        Assert.Single(recorder.Calls, call => call.Contains(" /once 1 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_that_has_ended_hears_nothing()
    {
        var recorder = new Recorder();
        await using (var server = await Server.StartAsync(services => services.AddTelemetryConsumer(recorder)))
        {
        }

        await using (var server = await Server.StartAsync(_ => { }))
        {
            await server.GetAsync("/later");
        }

        Assert.DoesNotContain(recorder.Calls, call => call.Contains("/later", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_come_in_sets()
    {
        var metrics = new Metrics();
        var guard = new ConsumerGuard(new LogRecorder());
        EventSourceReader[] readers =
        [
            new HttpEventReader([], [metrics], guard),
            new NameResolutionEventReader([], [metrics], guard),
            new NetSecurityEventReader([], [metrics], guard),
            new SocketsEventReader([], [metrics], guard),
            new KestrelEventReader([], [metrics], guard),
        ];
        await using var server = await Server.StartAsync(_ => { });
        using var dispatcher = new TelemetryDispatcher(readers, TimeSpan.FromMilliseconds(50));

        // Counters count from the first listener on; how many there are by now depends on the tests before this one.
        await server.GetAsync("/counted");
        await metrics.WaitForAsync<HttpMetrics>(set => set.RequestsStarted > 0 && set.CurrentHttp11Connections > 0);
        await metrics.WaitForAsync<NameResolutionMetrics>(set => set.DnsLookupsRequested > 0);
        await metrics.WaitForAsync<NetSecurityMetrics>(set => set.TotalTlsHandshakes > 0);
        await metrics.WaitForAsync<SocketsMetrics>(set => set.OutgoingConnectionsEstablished > 0 && set.BytesSent > 0);
        await metrics.WaitForAsync<KestrelMetrics>(set => set.TotalConnections > 0);
    }

    [Fact]
    public void Only_consumers_can_be_registered()
    {
        var services = new ServiceCollection();

        Assert.Throws<ArgumentException>("consumer", () => services.AddTelemetryConsumer(new object()));
        Assert.Throws<ArgumentException>("TConsumer", () => services.AddTelemetryConsumer<Metrics>());
        Assert.Throws<ArgumentException>("consumer", () => services.AddMetricsConsumer(new Recorder()));
        Assert.Throws<ArgumentException>("TConsumer", () => services.AddMetricsConsumer<Thrower>());
        Assert.Throws<ArgumentNullException>("consumer", () => services.AddTelemetryConsumer(null!));
    }

    [Fact]
    public void There_is_one_dispatcher_per_host()
    {
        var services = new ServiceCollection().AddTelemetryConsumer<Thrower>().AddMetricsConsumer<Metrics>().AddTelemetryListeners();

        Assert.Single(services, service => service.ServiceType == typeof(IHostedService));
    }

    /// <summary>Public, as the container makes it.</summary>
    public sealed class Thrower : INameResolutionTelemetryConsumer
    {
        public void OnResolutionStart(DateTime timestamp, string hostNameOrAddress) => throw new InvalidOperationException("always");
    }

    public sealed class Metrics :
        IMetricsConsumer<HttpMetrics>, IMetricsConsumer<NameResolutionMetrics>, IMetricsConsumer<NetSecurityMetrics>, IMetricsConsumer<SocketsMetrics>, IMetricsConsumer<KestrelMetrics>
    {
        private readonly Lock _lock = new();
        private readonly List<(Func<object, bool> Condition, TaskCompletionSource Met)> _waiting = [];

        public Task WaitForAsync<TMetrics>(Func<TMetrics, bool> condition)
        {
            var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_lock)
            {
                _waiting.Add((set => set is TMetrics metrics && condition(metrics), met));
            }

            return met.Task.WaitAsync(TimeSpan.FromMinutes(1));
        }

        public void OnMetrics(HttpMetrics previous, HttpMetrics current) => Check(current);

        public void OnMetrics(NameResolutionMetrics previous, NameResolutionMetrics current) => Check(current);

        public void OnMetrics(NetSecurityMetrics previous, NetSecurityMetrics current) => Check(current);

        public void OnMetrics(SocketsMetrics previous, SocketsMetrics current) => Check(current);

        public void OnMetrics(KestrelMetrics previous, KestrelMetrics current) => Check(current);

        private void Check(object set)
        {
            lock (_lock)
            {
                _waiting.RemoveAll(waiting => waiting.Condition(set) && waiting.Met.TrySetResult());
            }
        }
    }

    /// <summary>A web server over https on a free port, with a client that trusts it.</summary>
    private sealed class Server : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly HttpClient _client;

        private Server(WebApplication app, X509Certificate2 certificate)
        {
            _app = app;
            _client = new HttpClient(new SocketsHttpHandler
            {
                SslOptions =
                {
                    CertificateChainPolicy = new X509ChainPolicy
                    {
                        TrustMode = X509ChainTrustMode.CustomRootTrust,
                        CustomTrustStore = { certificate },
                        RevocationMode = X509RevocationMode.NoCheck,
                    },
                },
            });
        }

        public static async Task<Server> StartAsync(Action<IServiceCollection> configure)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            request.CertificateExtensions.Add(names.Build());
            var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
            configure(builder.Services);

            var app = builder.Build();
            app.MapGet("/{name}", (string name) => name);
            app.MapPost("/redirected", () => Results.Redirect("/target"));
            await app.StartAsync();

            return new Server(app, certificate);
        }

        public string Url(string path) => $"https://localhost:{new Uri(_app.Urls.Single()).Port}{path}";

        public Task<string> GetAsync(string path) => _client.GetStringAsync(Url(path));

        public async Task PostAsync(string path, string body)
        {
            using var content = new StringContent(body);
            using var response = await _client.PostAsync(Url(path), content);
            response.EnsureSuccessStatusCode();
        }

        // Stopping waits for the server's end of the requests.
        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            await _app.DisposeAsync();
        }
    }
}
