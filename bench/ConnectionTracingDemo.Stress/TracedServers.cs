using System.Diagnostics;
using System.Diagnostics.Metrics;
using ConnectionTracing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace ConnectionTracingDemo.Stress;

/// <summary>The servers, in a host that traces the connections of this process, and all that reads what it tells.</summary>
internal sealed class TracedServers : IAsyncDisposable
{
    private const string Waits = "Experimental.System.Net.Http.Connections.WaitForConnection";

    private readonly WebApplication _app;
    private readonly ActivityListener _waits;
    private readonly MeterListener _meter;
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;

    private TracedServers(WebApplication app, Servers servers, Ledger ledger)
    {
        _app = app;
        Servers = servers;
        Ledger = ledger;

        _waits = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Experimental.System.Net.Http.Connections",
            ActivityStopped = activity =>
            {
                if (activity.OperationName == Waits)
                {
                    ledger.OnWaited(activity.ParentSpanId, activity.Duration);
                }
            },
        };
        ActivitySource.AddActivityListener(_waits);

        _meter = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "httpclient.connection.requests")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _meter.SetMeasurementEventCallback<long>((_, count, _, _) => ledger.OnCounted(count));
        _meter.Start();
    }

    public Servers Servers { get; }

    public Ledger Ledger { get; }

    /// <param name="violations">Where violations go.</param>
    /// <param name="clients">Make the calls within span processors.</param>
    public static async Task<TracedServers> StartAsync(Violations violations, Clients clients)
    {
        var servers = new Servers();
        var ledger = new Ledger(violations);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionTracing:Enabled"] = "true",
            ["ConnectionTracing:RequestPhases"] = "true",
            ["ConnectionTracing:Export"] = "All",
            ["ConnectionTracing:Diagnosis:RepeatAfter"] = "00:00:01",
            // Full soon, so that memory that goes on growing shows.
            ["ConnectionTracing:MaxTrackedConnections"] = "1024",
        });
        // Any other category would make the servers trace their requests, too.
        builder.Logging.AddFilter(null, LogLevel.None).AddFilter("ConnectionTracing", LogLevel.Warning).AddFilter("ConnectionTracing.Diagnosis", LogLevel.None);
        builder.Logging.AddProvider(new LibraryLog(violations));

        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        servers.Configure(builder.WebHost);
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();

        // A span processor of an application comes before those of connection tracing, or after.
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing
            .SetSampler(new AlwaysOnSampler())
            .AddSource("System.Net.Http")
            .AddProcessor(new NestedCallProcessor("nested-in-early-processor", servers, clients, violations)));
        builder.AddConnectionTracing(options => options.AddExportProcessor(_ => new NoExport()));
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing
            .AddProcessor(new NestedCallProcessor("nested-in-late-processor", servers, clients, violations))
            .AddProcessor(new LedgerProcessor(ledger)));

        var app = builder.Build();
        Servers.Map(app, ledger);
        var started = new TracedServers(app, servers, ledger);
        var monitor = app.Services.GetRequiredService<IConnectionTracingMonitor>();
        await app.StartAsync();
        started._reading = started.ReadAsync(monitor);
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        await _app.DisposeAsync();
        _meter.Dispose();
        _waits.Dispose();
        _stop.Dispose();
    }

    private async Task ReadAsync(IConnectionTracingMonitor monitor)
    {
        await foreach (var update in monitor.WatchAsync(cancellationToken: _stop.Token))
        {
            if (update.Missed > 0)
            {
                Ledger.OnMissed(update.Missed);
            }

            foreach (var request in update.Requests)
            {
                Ledger.OnRemembered(request);
            }

            foreach (var finding in update.Findings)
            {
                Ledger.OnFinding(finding, Servers.IsRough(finding.Port));
            }
        }
    }
}
