using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;

namespace ConnectionTracing.Export;

/// <summary>
/// Sees the options that <c>AddOtlpExporter</c> creates for the exporters of the application, of traces, metrics and logs. The delegate given
/// to it changes them after this has seen them, so they are read later.
/// </summary>
internal sealed class OtlpOptionsRecorder : IPostConfigureOptions<OtlpExporterOptions>
{
    private const int Most = 16;

    // The public classes of the extension methods: which of them asks for the options tells what they are for.
    private const string Traces = "OpenTelemetry.Trace.OtlpTraceExporterHelperExtensions";
    private static readonly string[] Others = ["OpenTelemetry.Metrics.OtlpMetricExporterExtensions", "OpenTelemetry.Logs.OtlpLogExporterHelperExtensions"];

    private readonly Lock _gate = new();
    private readonly List<(OtlpExporterOptions Options, bool? AreForTraces)> _seen = [];

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
        var areForTraces = AreForTraces();
        lock (_gate)
        {
            if (_seen.Count < Most)
            {
                _seen.Add((options, areForTraces));
            }
        }
    }

    /// <summary>The options for traces; null: there are none, or several that differ, or it is unknown what they are for.</summary>
    public OtlpExporterOptions? ForTraces()
    {
        List<OtlpExporterOptions> candidates;
        lock (_gate)
        {
            var isKnown = _seen.Exists(seen => seen.AreForTraces is not null);
            candidates = [.. _seen.Where(seen => isKnown ? seen.AreForTraces is true : MayBeForTraces(seen.Options)).Select(seen => seen.Options)];
        }

        return candidates.DistinctBy(each => (each.Endpoint, each.Protocol, each.Headers)).Take(2).ToList() is [var only] ? only : null;
    }

    /// <summary>Null: the stack does not tell, as in a native program without stack trace data.</summary>
    private static bool? AreForTraces()
    {
        foreach (var frame in new StackTrace(fNeedFileInfo: false).GetFrames())
        {
            if (DiagnosticMethodInfo.Create(frame)?.DeclaringTypeName is { } type)
            {
                if (type.StartsWith(Traces, StringComparison.Ordinal))
                {
                    return true;
                }

                if (Array.Exists(Others, other => type.StartsWith(other, StringComparison.Ordinal)))
                {
                    return false;
                }
            }
        }

        return null;
    }

    private static bool MayBeForTraces(OtlpExporterOptions options) =>
        !options.Endpoint.AbsolutePath.EndsWith("/v1/metrics", StringComparison.Ordinal) && !options.Endpoint.AbsolutePath.EndsWith("/v1/logs", StringComparison.Ordinal);
}
