using System.Diagnostics.Metrics;
using ConnectionTracingDemo.Tests.Hosting;
using static ConnectionTracing.Model.AttributeNames;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

[Collection(NetworkSources.Name)]
public sealed class MetricsTests
{
    [Fact]
    public async Task Setups_by_phase_and_requests_by_connection()
    {
        await using var host = await TracedHost.StartAsync(environment: "Production", settings: new Dictionary<string, string?> { ["ConnectionTracing:Enabled"] = "true" });
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();
        using var measured = new Measurements();

        await client.GetStringAsync(server.Url("/metrics"));
        await client.GetStringAsync(server.Url("/metrics"));
        var refused = FreePort.Find();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://localhost:{refused}/metrics"));

        Assert.Equal(["setup", "dns", "tcp"], PhasesOf(server.Port));
        Assert.Equal(["setup", "dns", "tcp"], PhasesOf(refused));
        Assert.All(measured.Setups.Where(setup => Equals(setup.Tags[ServerPort], server.Port)), setup => Assert.False(setup.Tags.ContainsKey(ErrorType)));
        Assert.Equal("connection_refused", measured.Setups.Single(setup => Equals(setup.Tags[ServerPort], refused) && Equals(setup.Tags[SetupPhaseName], "tcp")).Tags[ErrorType]);

        Assert.Contains(measured.Requests, tags => tags is { Count: 2 } && Equals(tags[ConnectionReused], false) && Equals(tags[ConnectionInitiated], true));
        Assert.Contains(measured.Requests, tags => tags is { Count: 2 } && Equals(tags[ConnectionReused], true) && Equals(tags[ConnectionInitiated], false));
        Assert.Contains(measured.Requests, tags => tags.Count == 0);

        // A busy machine may add "other".
        IEnumerable<object?> PhasesOf(int port) => measured.Setups
            .Where(setup => Equals(setup.Tags[ServerPort], port) && !Equals(setup.Tags[SetupPhaseName], "other"))
            .Select(setup => setup.Tags[SetupPhaseName]);
    }

    [Fact]
    public async Task Hosts_of_one_process_measure_each_request_once()
    {
        await using var one = await TracedHost.StartAsync();
        await using var other = await TracedHost.StartAsync();
        await using var server = await TestServer.StartAsync();
        using var client = new HttpClient();
        using var measured = new Measurements();

        await client.GetStringAsync(server.Url("/once"));

        Assert.Single(measured.Requests);
        Assert.Single(measured.Setups, setup => Equals(setup.Tags[ServerPort], server.Port) && Equals(setup.Tags[SetupPhaseName], "setup"));
    }

    private sealed class Measurements : IDisposable
    {
        private readonly MeterListener _listener = new();

        public Measurements()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "ConnectionTracing")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>((_, value, tags, _) =>
            {
                lock (Setups)
                {
                    Setups.Add((value, tags.ToArray().ToDictionary()));
                }
            });
            _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
            {
                lock (Requests)
                {
                    Requests.Add(tags.ToArray().ToDictionary());
                }
            });
            _listener.Start();
        }

        public List<(double Seconds, Dictionary<string, object?> Tags)> Setups { get; } = [];

        public List<Dictionary<string, object?>> Requests { get; } = [];

        public void Dispose() => _listener.Dispose();
    }
}
