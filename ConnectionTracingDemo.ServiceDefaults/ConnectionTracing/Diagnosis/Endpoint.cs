using System;
using System.Globalization;

namespace ConnectionTracing.Diagnosis;

/// <summary>What a request asked, connected to, or queued for.</summary>
/// <param name="Host">A name or an address; null: the process itself.</param>
/// <param name="Port">Null: unknown.</param>
/// <param name="IsProxy">It is a proxy, and not the server of the request.</param>
internal readonly record struct Endpoint(string? Host, int? Port, bool IsProxy = false)
{
    /// <summary>The process itself.</summary>
    public static readonly Endpoint Process = new(null, null);

    /// <summary>As a finding calls it.</summary>
    public string Name => IsProxy ? "proxy" : "server";

    /// <summary>Reads <c>host:port</c>; a port of 0 is unknown. Null: it is something else.</summary>
    public static Endpoint? Parse(string? text, bool isProxy = false)
    {
        if (text?.LastIndexOf(':') is not (> 0 and var colon) || !int.TryParse(text.AsSpan(colon + 1), CultureInfo.InvariantCulture, out var port))
        {
            return null;
        }

        return new Endpoint(text[..colon].Trim('[', ']'), port > 0 ? port : null, isProxy);
    }

    public bool Is(string? host, int? port) => port == Port && string.Equals(host, Host, StringComparison.OrdinalIgnoreCase);
}
