using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace ConnectionTracing.Page;

/// <summary>How far a browser has come with each service; the id of a <see cref="PageMessage"/>, such as <c>webfrontend=12&amp;apiservice=40</c>.</summary>
internal sealed class PagePositions
{
    private readonly Dictionary<string, long> _positions = [];

    /// <summary>The position in what a service tells; null: from the start.</summary>
    public long? this[string service]
    {
        get => _positions.TryGetValue(service, out var position) ? position : null;
        set => _positions[service] = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>Reads an id. A browser may send anything: what is no position is left out.</summary>
    public static PagePositions Parse(string? id)
    {
        var positions = new PagePositions();
        foreach (var part in (id ?? "").Split('&', ConnectionTracingPageOptions.MaxServices + 1))
        {
            var separator = part.IndexOf('=', StringComparison.Ordinal);
            if (separator > 0 && long.TryParse(part.AsSpan(separator + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var position))
            {
                positions[Uri.UnescapeDataString(part[..separator])] = position;
            }
        }

        return positions;
    }

    public override string ToString() =>
        string.Join('&', _positions.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{Uri.EscapeDataString(pair.Key)}={pair.Value}")));
}
