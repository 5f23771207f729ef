using System;
using System.Collections.Generic;
using System.Diagnostics;
using OpenTelemetry;

namespace ConnectionTracing;

/// <summary>
/// Configuration section <c>ConnectionTracing</c>. Validated when the host starts; a change of configuration is applied
/// without a restart, a wrong value in it is refused with a log line and the settings stay as they were.
/// </summary>
public sealed class ConnectionTracingOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "ConnectionTracing";

    private readonly List<Func<IServiceProvider, BaseProcessor<Activity>>> _exporters = [];

    /// <summary>Whether connections are traced. Default: true in Development, else false.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// Whether request spans also say how long sending and waiting took and which connection served them, and buffered
    /// response bodies get a span. Default: true in Development, else false, because it costs the most.
    /// </summary>
    public bool RequestPhases { get; set; }

    /// <summary>
    /// Whether the phases of a connection setup are repeated inside the trace of the request that waited for it. Default: true.
    /// </summary>
    public bool InlineSetup { get; set; } = true;

    /// <summary>
    /// When tracing is switched on at run time, it switches itself off after this time. From one second to one day; default: null, it stays on.
    /// </summary>
    public TimeSpan? CaptureFor { get; set; }

    /// <summary>
    /// Which connection_setup traces are exported. Default: <see cref="ConnectionTracingExport.All"/> in Development, else
    /// <see cref="ConnectionTracingExport.Linked"/>.
    /// </summary>
    public ConnectionTracingExport Export { get; set; } = ConnectionTracingExport.Linked;

    /// <summary>
    /// Whether root spans of connections that HttpClient did not open are exported: TLS handshakes of this process as a server, and the
    /// DNS lookups, socket connects and handshakes of other code. Inside the trace of something else they always are. Default: false.
    /// </summary>
    public bool OtherConnections { get; set; }

    /// <summary>
    /// A setup that takes longer than this is exported by <see cref="ConnectionTracingExport.Linked"/> although no sampled
    /// request links to it. Up to one hour; default: 1 s.
    /// </summary>
    public TimeSpan SlowSetup { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How many connections are remembered, and how many traces are held back by <see cref="ConnectionTracingExport.Linked"/>
    /// at most. From 16 to 1,000,000; default: 4096.
    /// </summary>
    public int MaxTrackedConnections { get; set; } = 4096;

    /// <summary>
    /// How many requests are remembered at most, once <see cref="IConnectionTracingMonitor"/> is resolved or the
    /// endpoint is mapped. From 16 to 1,000,000; default: 4096, about 4 MB.
    /// </summary>
    public int MaxRememberedRequests { get; set; } = 4096;

    /// <summary>
    /// How many segments of a path are remembered for the endpoint and the monitor, for paths that hold secrets or names. From 0 to 100; default: null,
    /// the whole path. Spans are not affected: they have <c>url.full</c> from the runtime.
    /// </summary>
    public int? MaxPathSegments { get; set; }

    /// <summary>When a time or a number counts as a fault, and is reported.</summary>
    public ConnectionTracingDiagnosisOptions Diagnosis { get; } = new();

    /// <summary>What the page shows beside the requests of this process.</summary>
    public ConnectionTracingPageOptions Page { get; } = new();

    internal IReadOnlyList<Func<IServiceProvider, BaseProcessor<Activity>>> Exporters => _exporters;

    /// <summary>
    /// Exports the connection spans, in batches, with an exporter of any kind: use that of the application's traces. Several calls add up. Without any,
    /// connection tracing uses the application's OTLP exporter: the one that <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> or <c>AddOtlpExporter</c> configures.
    /// </summary>
    /// <param name="create">Creates the exporter, each time tracing is switched on.</param>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> is null.</exception>
    public void AddExporter(Func<IServiceProvider, BaseExporter<Activity>> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        _exporters.Add(services => new BatchActivityExportProcessor(
            create(services) ?? throw new InvalidOperationException("A delegate given to AddExporter returned null.")));
    }

    /// <summary>The same as <see cref="AddExporter"/>, for an exporter that is not to get batches of the default size, or none.</summary>
    /// <param name="create">Creates the processor that exports, each time tracing is switched on.</param>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> is null.</exception>
    public void AddExportProcessor(Func<IServiceProvider, BaseProcessor<Activity>> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        _exporters.Add(create);
    }
}
