using System;
using System.Linq;

namespace ConnectionTracing.Journal;

/// <summary>What the journal remembers of a URL: scheme, host, port and path. Never the query, the fragment or user info.</summary>
internal static class ShownUrl
{
    private const int MaxLength = 2048;

    /// <summary>
    /// The runtime writes neither query nor user info, unless it is told to
    /// (https://learn.microsoft.com/dotnet/core/compatibility/networking/9.0/query-redaction-logs), but a callback may.
    /// </summary>
    /// <param name="url">As in <c>url.full</c>.</param>
    /// <param name="maxPathSegments">How many segments of the path are kept; null: all.</param>
    public static string Of(string url, int? maxPathSegments = null)
    {
        if (url.AsSpan().IndexOfAny('?', '#') is var end and >= 0 && !url.AsSpan(end).SequenceEqual("?*"))
        {
            url = url[end] == '?' ? $"{url.AsSpan(0, end)}?*" : url[..end];
        }

        var authority = url.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? scheme + 3 : 0;
        var path = url.AsSpan(authority).IndexOf('/') is var slash and >= 0 ? authority + slash : url.Length;
        if (url.AsSpan(authority, path - authority).LastIndexOf('@') is var at and >= 0)
        {
            url = string.Concat(url.AsSpan(0, authority), url.AsSpan(authority + at + 1));
            path -= at + 1;
        }

        if (maxPathSegments is { } segments)
        {
            url = Shorten(url, path, segments);
        }

        return url.Length <= MaxLength ? url : url[..MaxLength];
    }

    private static string Shorten(string url, int path, int segments)
    {
        var position = path;
        for (var i = 0; i < segments && position >= 0 && position < url.Length; i++)
        {
            position = url.IndexOf('/', position + 1);
        }

        return position < 0 || position >= url.Length - 1 ? url : $"{url.AsSpan(0, position)}/…";
    }
}
