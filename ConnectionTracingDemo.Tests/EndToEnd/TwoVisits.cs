using ConnectionTracing.Runtime;
using ConnectionTracingDemo.Tests.Hosting;
using ConnectionTracingDemo.Tests.Telemetry;

namespace ConnectionTracingDemo.Tests.EndToEnd;

/// <summary>Two visits of the Weather page, one after the other, in a Web process that had no connection before the first one.</summary>
public sealed class TwoVisits(DemoApplication demo) : IAsyncLifetime
{
    private static readonly string[] PhaseSources = [NetworkActivitySources.NameResolution, NetworkActivitySources.Sockets, NetworkActivitySources.Security];

    internal WeatherTrace First { get; private set; } = null!;

    internal WeatherTrace Second { get; private set; } = null!;

    /// <summary>The root of the trace that the connection has of its own.</summary>
    internal Span ConnectionSetup { get; private set; } = null!;

    /// <summary>The spans right below it.</summary>
    internal IReadOnlyList<Span> ConnectionPhases { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        await demo.RestartAsync(DemoApplication.Web);

        First = await VisitAsync(opensConnection: true);
        Second = await VisitAsync(opensConnection: false);

        (ConnectionSetup, ConnectionPhases) = await demo.Telemetry.WaitForSpansAsync("a connection_setup with its DNS lookup, socket connect and TLS handshake", FindConnection);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<WeatherTrace> VisitAsync(bool opensConnection)
    {
        var page = await demo.Visitor.GetNewWeatherAsync();

        return await demo.Telemetry.WaitForSpansAsync(
            $"trace {page.TraceId} with the server span of webfrontend, its client span and the server span of apiservice" + (opensConnection ? ", and a wait_for_connection" : ""),
            // The spans of connections have a tracer provider of their own, so the wait may be sent after the request it is part of.
            spans => WeatherTrace.Find(spans, page.TraceId) is { } trace && (!opensConnection || trace.Waits.Any()) ? trace : null);
    }

    private Tuple<Span, IReadOnlyList<Span>>? FindConnection(IReadOnlyList<Span> spans)
    {
        var root = spans.FirstOrDefault(span => First.Request.Links.Contains(SpanLink.To(span)));
        if (root is null)
        {
            return null;
        }

        IReadOnlyList<Span> phases = [.. spans.Where(span => span.IsChildOf(root))];
        return PhaseSources.All(source => phases.Any(span => span.Source == source)) ? Tuple.Create(root, phases) : null;
    }
}
