using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Threading;
using OpenTelemetry;

namespace ConnectionTracing.Runtime;

/// <summary>Notices requests that leave no span because of how the application is set up, and says once what to change.</summary>
/// <param name="tell">Logs it.</param>
internal sealed class MissingSpans(Action<string> tell)
{
    /// <summary>So many operations are named at most: their names come from other code.</summary>
    public const int MaxOperations = 16;

    /// <summary>
    /// So often at most is a sampler asked what it would say without the parent. A sampler that records a part of all traces says no at
    /// first, and one that records none would be asked forever.
    /// </summary>
    public const int MaxQuestions = 1000;

    /// <summary>The activity source of Grpc.Net.Client.</summary>
    public const string GrpcSource = "Grpc.Net.Client";

    private readonly DateTime _since = DateTime.UtcNow;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _operations = new(StringComparer.Ordinal);
    private volatile bool _allNamed;
    private int _questions;
    private int _toldOfClient;

    /// <summary>
    /// A request begins. It is not recorded when it is below an activity that its library created without an
    /// <see cref="ActivitySource"/>, as libraries do while no provider listens to that source: samplers follow the parent.
    /// </summary>
    public void OnStarted(Activity request)
    {
        if (request.IsAllDataRequested || _allNamed || OutermostWithoutSource(request) is not { } outermost)
        {
            return;
        }

        var operation = outermost.OperationName;
        lock (_gate)
        {
            if (_operations.Contains(operation))
            {
                return;
            }
        }

        if (IsRecordedAlone(request) && Add(operation))
        {
            tell($"Requests within the activity '{operation}' leave no span: no tracer provider records that activity, and samplers follow it. {WayOut(operation)}");
        }
    }

    /// <summary>A request is sent, and the call that it belongs to has no request activity. Those of exporters, which suppress tracing, have none either.</summary>
    /// <param name="start">The event RequestStart of the call. Before tracing was on, its activity was not seen.</param>
    public void OnSent(EventWrittenEventArgs start)
    {
        if (start.TimeStamp > _since && !Sdk.SuppressInstrumentation && start.Payload is [_, string host, int port, ..] && Interlocked.Exchange(ref _toldOfClient, 1) == 0)
        {
            tell($"Requests to {host}:{port} leave no span, and maybe others: {(PropagationIsOff
                ? "System.Net.Http.EnableActivityPropagation is false. Leave it on, and to send no trace headers, set DistributedContextPropagator.Current to DistributedContextPropagator.CreateNoOutputPropagator()."
                : "ActivityHeadersPropagator of their SocketsHttpHandler is null. To send no trace headers, set it to DistributedContextPropagator.CreateNoOutputPropagator().")}");
        }
    }

    /// <summary>Null where one of the activities is recorded, or was not because of a sampler, of this process or of the caller.</summary>
    private static Activity? OutermostWithoutSource(Activity request)
    {
        Activity? outermost = null;
        for (var activity = request.Parent; activity is not null; activity = activity.Parent)
        {
            if (activity.Recorded || activity.Source.Name.Length > 0)
            {
                return null;
            }

            outermost = activity;
        }

        return outermost is { ParentId: null } ? outermost : null;
    }

    /// <summary>Asks the samplers about the same request without its parent. The activity is not started, so no listener is told.</summary>
    private bool IsRecordedAlone(Activity request)
    {
        if (Volatile.Read(ref _questions) >= MaxQuestions || Interlocked.Increment(ref _questions) > MaxQuestions)
        {
            return false;
        }

        var current = Activity.Current;
        Activity.Current = null;
        try
        {
            return request.Source.CreateActivity(request.OperationName, request.Kind, parentContext: default, request.TagObjects) is { IsAllDataRequested: true };
        }
        finally
        {
            Activity.Current = current;
        }
    }

    private bool Add(string operation)
    {
        lock (_gate)
        {
            var added = _operations.Count < MaxOperations && _operations.Add(operation);
            _allNamed = _operations.Count == MaxOperations;
            return added;
        }
    }

    private static string WayOut(string operation) => operation switch
    {
        "Grpc.Net.Client.GrpcOut" => $"Add AddSource(\"{GrpcSource}\") to the tracer provider.",
        "Microsoft.AspNetCore.Hosting.HttpRequestIn" => "Add AddAspNetCoreInstrumentation() to the tracer provider.",
        _ => "Add the activity source of the library that starts it to the tracer provider, AddSource(…), or the instrumentation of that library.",
    };

    /// <summary>As the runtime reads it. It is on by default.</summary>
    private static bool PropagationIsOff =>
        AppContext.TryGetSwitch("System.Net.Http.EnableActivityPropagation", out var enabled)
            ? !enabled
            : Environment.GetEnvironmentVariable("DOTNET_SYSTEM_NET_HTTP_ENABLEACTIVITYPROPAGATION") is { } variable
                && (variable == "0" || variable.Equals("false", StringComparison.OrdinalIgnoreCase));
}
