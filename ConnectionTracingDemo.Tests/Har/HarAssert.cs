using System.Globalization;
using System.Text.Json;

namespace ConnectionTracingDemo.Tests.Har;

/// <summary>Holds a file against the schema, and against what the format says in words.</summary>
internal static class HarAssert
{
    private static readonly string[] Timings = ["blocked", "dns", "connect", "ssl", "send", "wait", "receive"];

    /// <returns>The entries.</returns>
    public static IReadOnlyList<JsonElement> IsValid(string har)
    {
        using var document = JsonDocument.Parse(har);
        var log = document.RootElement.Clone().GetProperty("log");
        Assert.Empty(HarSchema.ErrorsOf(document.RootElement));
        Assert.Equal("1.2", log.GetProperty("version").GetString());
        Assert.Equal("ConnectionTracing", log.GetProperty("creator").GetProperty("name").GetString());

        IReadOnlyList<JsonElement> entries = [.. log.GetProperty("entries").EnumerateArray()];
        Assert.All(entries, IsConsistent);

        var starts = entries.Select(entry => entry.GetProperty("startedDateTime").GetString()!).ToList();
        Assert.All(starts, start => Assert.EndsWith("Z", start, StringComparison.Ordinal));
        var times = starts.Select(start => DateTimeOffset.Parse(start, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(times.Order(), times);

        var pages = log.GetProperty("pages").EnumerateArray().Select(page => page.GetProperty("id").GetString()).ToList();
        Assert.Distinct(pages);
        Assert.Equal(pages.Order(), entries.Select(entry => entry.GetProperty("pageref").GetString()).Distinct().Order());
        return entries;
    }

    public static double Timing(this JsonElement entry, string name) => entry.GetProperty("timings").GetProperty(name).GetDouble();

    public static string? Text(this JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static void IsConsistent(JsonElement entry)
    {
        Assert.All(Timings, name => Assert.True(entry.Timing(name) is -1 or >= 0, $"{name} of {entry}"));
        Assert.InRange(entry.Timing("ssl"), -1, Math.Max(-1, entry.Timing("connect")));
        Assert.Equal(Timings.Except(["ssl"]).Sum(name => Math.Max(0, entry.Timing(name))), entry.GetProperty("time").GetDouble(), 0.0005);

        var (request, response) = (entry.GetProperty("request"), entry.GetProperty("response"));
        Assert.DoesNotContain('?', request.GetProperty("url").GetString()!);
        foreach (var message in new[] { request, response })
        {
            Assert.All(["headers", "cookies"], name => Assert.Empty(message.GetProperty(name).EnumerateArray()));
            Assert.All(["headersSize", "bodySize"], name => Assert.Equal(-1, message.GetProperty(name).GetInt32()));
            Assert.Contains(message.GetProperty("httpVersion").GetString(), new[] { "", "HTTP/1.0", "HTTP/1.1", "HTTP/2", "HTTP/3" });
        }

        Assert.Empty(request.GetProperty("queryString").EnumerateArray());
        Assert.Equal(response.GetProperty("status").GetInt32() == 0, response.GetProperty("statusText").GetString() != "");
    }
}
