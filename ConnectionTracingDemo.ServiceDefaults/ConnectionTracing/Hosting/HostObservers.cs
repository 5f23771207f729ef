using System;
using System.Collections.Generic;
using System.Diagnostics.Metrics;
using ConnectionTracing.Attributes;
using ConnectionTracing.Diagnosis;
using ConnectionTracing.Journal;
using ConnectionTracing.Metrics;
using ConnectionTracing.Runtime;
using Microsoft.Extensions.Logging;

namespace ConnectionTracing.Hosting;

/// <summary>What one host does with what the tracker sees, and how these parts are joined.</summary>
internal sealed class HostObservers
{
    private readonly TimeProvider _time;
    private readonly ConnectionMetrics _metrics;
    private volatile RequestJournal? _journal;

    public HostObservers(IMeterFactory meters, ILogger<RequestDiagnosis> diagnosisLogger, TimeProvider time, FailureLog log)
    {
        _time = time;
        _metrics = new ConnectionMetrics(meters);
        Diagnosis = new RequestDiagnosis(diagnosisLogger, time, log) { Found = finding => _journal?.Add(finding) };
    }

    public RequestDiagnosis Diagnosis { get; }

    /// <summary>Remembers requests; null until there is a reader.</summary>
    public RequestJournal? Journal => _journal;

    /// <summary>From now on there may be readers.</summary>
    public RequestJournal KeepJournal(ConnectionTracingOptions options) =>
        _journal ??= new RequestJournal(options.MaxRememberedRequests, _time.GetUtcNow()) { MaxPathSegments = options.MaxPathSegments };

    /// <summary>Tracing is switched on or off: what is known of connections ends there.</summary>
    public void Reset() => Diagnosis.Reset();

    public void Apply(ConnectionTracingOptions options)
    {
        Diagnosis.Apply(options.Diagnosis);
        if (_journal is { } journal)
        {
            journal.MaxPathSegments = options.MaxPathSegments;
            journal.Resize(options.MaxRememberedRequests);
        }
    }

    /// <summary>All that are wanted. Attributes come first, so that the others see a complete span; a finding comes before its request.</summary>
    public IReadOnlyList<IConnectionObserver> For(ConnectionTracingOptions options)
    {
        var observers = new List<IConnectionObserver>(5) { new RequestAttributes() };
        if (options.InlineSetup)
        {
            observers.Add(new InlineSetup());
        }

        observers.Add(_metrics);
        observers.Add(Diagnosis);
        if (_journal is { } journal)
        {
            observers.Add(journal);
        }

        return observers;
    }
}
