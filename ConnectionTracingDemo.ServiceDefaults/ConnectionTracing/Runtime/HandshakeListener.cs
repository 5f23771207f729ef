using System;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Globalization;
using System.Security.Authentication;

namespace ConnectionTracing.Runtime;

/// <summary>
/// Sees when TLS handshakes end, by the events of System.Net.Security: the span of runtime 10.0.12 is stopped as soon as
/// the handshake has begun. Costs nothing on connections that exist.
/// </summary>
internal sealed class HandshakeListener : EventListener
{
    // Also written after HandshakeFailed.
    private const int HandshakeStop = 2;

    // Null while the base constructor runs, which already reports events.
    private readonly ConnectionTracker? _tracker;

    public HandshakeListener(ConnectionTracker tracker) => _tracker = tracker;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "System.Net.Security")
        {
            EnableEvents(eventSource, EventLevel.Informational);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (_tracker is not { } tracker || eventData.EventId != HandshakeStop)
        {
            return;
        }

        try
        {
            // The event is written in the flow of the setup; with a repaired runtime, in that of the handshake's own span.
            if (tracker.Opening.Find(Activity.Current) is not { } connection)
            {
                return;
            }

            connection.EndHandshake(eventData.Payload is [{ } protocol, ..] ? VersionOf(protocol) : null);
        }
        catch (Exception exception)
        {
            tracker.Observers.Report(exception);
        }
    }

    /// <summary>As in <c>tls.protocol.version</c>, https://opentelemetry.io/docs/specs/semconv/registry/attributes/tls/; null after a failure.</summary>
    private static string? VersionOf(object protocol) => (SslProtocols)Convert.ToInt32(protocol, CultureInfo.InvariantCulture) switch
    {
        SslProtocols.Tls13 => "1.3",
        SslProtocols.Tls12 => "1.2",
#pragma warning disable CA5397, SYSLIB0039 // Named, not chosen.
        SslProtocols.Tls11 => "1.1",
        SslProtocols.Tls => "1",
#pragma warning restore CA5397, SYSLIB0039
        _ => null,
    };
}
