using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Pipelines;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace ConnectionTracing.Har;

/// <summary>
/// A HAR 1.2 file, http://www.softwareishard.com/blog/har-12-spec/, which browsers and other tools import. It has what is known of requests and
/// nothing more: no headers, cookies, queries and bodies.
/// </summary>
internal sealed record HarFile(HarLog Log)
{
    /// <summary>Browsers save a response of this type as a file.</summary>
    public const string MediaType = "application/har+json";

    /// <summary>How long a file may be that is read, in bytes.</summary>
    public const int MaxLength = 64 * 1024 * 1024;

    /// <summary>The requests of one service.</summary>
    /// <param name="service">Its name.</param>
    /// <param name="requests">The requests, each once.</param>
    /// <param name="connections">The connections that served them, as far as they are known.</param>
    /// <param name="findings">What the diagnosis found about them.</param>
    public static HarFile Of(string service, IEnumerable<TracedRequest> requests, IEnumerable<TracedConnection> connections, IEnumerable<Finding> findings)
    {
        var connectionsBySpan = connections.DistinctBy(connection => connection.SpanId).ToDictionary(connection => connection.SpanId);
        var findingsBySpan = findings.ToLookup(finding => finding.SpanId);
        return Of(service, requests, request => request.Start, request => HarConversion.EntryOf(
            request,
            request.Connection is { } span ? connectionsBySpan.GetValueOrDefault(span) : null,
            service,
            findingsBySpan[request.SpanId]));
    }

    /// <summary>The requests of one service, whatever they are made of. Entries are made while the file is written: all of them at once are large.</summary>
    /// <param name="service">Its name.</param>
    /// <param name="requests">The requests, in any order.</param>
    /// <param name="startOf">When a request began.</param>
    /// <param name="entryOf">Makes the entry of a request.</param>
    /// <param name="comment">What is missing from the file; null: nothing.</param>
    public static HarFile Of<T>(string service, IEnumerable<T> requests, Func<T, DateTimeOffset> startOf, Func<T, HarEntry> entryOf, string? comment = null)
    {
        var ordered = requests.OrderBy(startOf).ToList();
        return Of(ordered.Take(1).Select(first => new HarPage(startOf(first), service, service)), ordered.Select(entryOf), comment);
    }

    /// <summary>No requests, and why.</summary>
    public static HarFile Empty(string comment) => Of([], [], comment);

    /// <summary>The requests of several files, ordered by their start.</summary>
    public static HarFile Merge(params IReadOnlyCollection<HarFile> files)
    {
        var ordered = files.SelectMany(file => file.Log.Entries).OrderBy(entry => entry.StartedDateTime).ToList();
        var pages = ordered.DistinctBy(entry => entry.Service).Select(first => new HarPage(first.StartedDateTime, first.Service, first.Service));
        var comments = string.Join(' ', files.Select(file => file.Log.Comment).OfType<string>());
        return Of(pages, ordered, comments.Length > 0 ? comments : null);
    }

    private static HarFile Of(IEnumerable<HarPage> pages, IEnumerable<HarEntry> entries, string? comment) =>
        new(new HarLog("1.2", HarCreator.Current, [.. pages], entries, comment));

    /// <summary>Reads a file that connection tracing wrote.</summary>
    /// <param name="stream">Its bytes.</param>
    /// <param name="name">What the exception calls it.</param>
    /// <exception cref="HarException">It is no such file, or longer than <see cref="MaxLength"/>.</exception>
    public static async Task<HarFile> ReadAsync(Stream stream, string name, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var piece = new byte[64 * 1024];
        while (await stream.ReadAsync(piece, cancellationToken).ConfigureAwait(false) is var read and > 0)
        {
            if (bytes.Length + read > MaxLength)
            {
                throw new HarException($"{name} is longer than {MaxLength / 1024 / 1024} MB. Lower the setting ConnectionTracing:MaxRememberedRequests of the service that wrote it.");
            }

            bytes.Write(piece, 0, read);
        }

        try
        {
            return JsonSerializer.Deserialize(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), HarJson.Default.HarFile)
                ?? throw new HarException($"{name} is no HAR file: it is null.");
        }
        catch (JsonException exception)
        {
            throw new HarException($"{name} is no HAR file of connection tracing: {exception.Message}", exception);
        }
    }

    /// <summary>Writes the file, in pieces.</summary>
    public Task WriteAsync(PipeWriter output, CancellationToken cancellationToken) =>
        JsonSerializer.SerializeAsync(output, this, HarJson.Default.HarFile, cancellationToken);
}
