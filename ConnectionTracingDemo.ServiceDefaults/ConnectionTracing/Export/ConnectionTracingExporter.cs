using System.Diagnostics;
using OpenTelemetry;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Export;

/// <summary>Creates the export processor of the connection spans anew each time tracing is switched on.</summary>
internal sealed record ConnectionTracingExporter(Func<IServiceProvider, BaseProcessor<Activity>?> Create);
