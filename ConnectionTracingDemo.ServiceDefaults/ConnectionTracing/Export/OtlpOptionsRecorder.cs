using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;

namespace ConnectionTracing.Export;

/// <summary>
/// Sees the options that <c>AddOtlpExporter</c> creates for the exporters of the application. The delegate given to it changes them after
/// this has seen them, so they are read later.
/// </summary>
internal sealed class OtlpOptionsRecorder : IPostConfigureOptions<OtlpExporterOptions>
{
    private const int Most = 16;

    private readonly Lock _gate = new();
    private readonly List<OtlpExporterOptions> _seen = [];

    /// <summary>Whether there was any.</summary>
    public bool HasAny
    {
        get
        {
            lock (_gate)
            {
                return _seen.Count > 0;
            }
        }
    }

    public void PostConfigure(string? name, OtlpExporterOptions options)
    {
        lock (_gate)
        {
            if (_seen.Count < Most)
            {
                _seen.Add(options);
            }
        }
    }

    /// <summary>The options for traces; null: there are none, or several that differ, and which of them are for traces is unknown.</summary>
    public OtlpExporterOptions? Single()
    {
        List<OtlpExporterOptions> seen;
        lock (_gate)
        {
            seen = [.. _seen];
        }

        // Traces, metrics and logs have options of their own. Mostly they are the same; over http, the path tells them apart.
        return OnlyOf(seen) ?? OnlyOf(seen.FindAll(options => options.Endpoint.AbsolutePath.EndsWith("/v1/traces", System.StringComparison.Ordinal)));
    }

    private static OtlpExporterOptions? OnlyOf(List<OtlpExporterOptions> options) =>
        options.DistinctBy(each => (each.Endpoint, each.Protocol, each.Headers)).Take(2).ToList() is [var only] ? only : null;
}
