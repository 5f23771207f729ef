using System.Globalization;
using System.Text.RegularExpressions;
using ConnectionTracing.Model;
using ConnectionTracingDemo.Viewer.Correlation;
using Microsoft.Diagnostics.Tracing;

namespace ConnectionTracingDemo.Viewer.Sources;

/// <summary>
/// Reads activities that the DiagnosticSource provider has streamed. Which of their properties it streams, and under which
/// names, is up to the recording: all of them under their own names, or a choice such as <c>-TraceId;SpanId;DurationTicks=Duration.Ticks</c>.
/// </summary>
internal static partial class ActivityTranslator
{
    private const string NoParent = "0000000000000000";

    /// <returns>Null for another event, or for an activity that does not say its id or how long it took.</returns>
    public static ActivitySpan? Translate(TraceEvent e)
    {
        if (!IsStop(e) || e.PayloadByName("Arguments") is not object[] arguments)
        {
            return null;
        }

        var properties = new Dictionary<string, string>();
        foreach (var argument in arguments)
        {
            if (argument is IDictionary<string, object> pair && pair["Key"] is string key && pair["Value"] is string value)
            {
                properties.TryAdd(key, value);
            }
        }

        return ToSpan(e.PayloadByName("ActivityName") as string ?? "", properties, e.TimeStamp.ToUniversalTime());
    }

    public static bool IsStop(TraceEvent e) => e.ProviderName == Providers.DiagnosticSource && e.EventName is "Activity/Stop" or "ActivityStop";

    /// <param name="stopped">When the event was written, for recordings that do not say when the activity began.</param>
    internal static ActivitySpan? ToSpan(string name, IReadOnlyDictionary<string, string> properties, DateTime stopped)
    {
        var id = properties.GetValueOrDefault("SpanId") ?? SpanIdOf(properties.GetValueOrDefault("Id"));
        if (string.IsNullOrEmpty(id) || ReadDuration(properties) is not { } duration)
        {
            return null;
        }

        var start = long.TryParse(properties.GetValueOrDefault("StartTimeTicks"), CultureInfo.InvariantCulture, out var ticks)
            ? new DateTime(ticks, DateTimeKind.Utc)
            : stopped - duration;
        var parent = properties.GetValueOrDefault("ParentSpanId") ?? SpanIdOf(properties.GetValueOrDefault("ParentId"));
        return new ActivitySpan(name, id, start, start + duration)
        {
            ParentId = parent is null or "" or NoParent ? null : parent,
            Links = properties.GetValueOrDefault("Links") is { } links && links.StartsWith('[') ? [.. Link().Matches(links).Select(link => link.Groups["span"].Value)] : null,
            Tags = Redact(ReadTags(properties.GetValueOrDefault("Tags"), properties.GetValueOrDefault("TagObjects"))),
        };
    }

    private static Dictionary<string, string> Redact(Dictionary<string, string> tags)
    {
        if (UrlPath.WithoutQueryValues(tags.GetValueOrDefault(AttributeNames.UrlFull)) is { } url)
        {
            tags[AttributeNames.UrlFull] = url;
        }

        return tags;
    }

    private static TimeSpan? ReadDuration(IReadOnlyDictionary<string, string> properties)
    {
        if (long.TryParse(properties.GetValueOrDefault("DurationTicks"), CultureInfo.InvariantCulture, out var ticks))
        {
            return new TimeSpan(ticks);
        }

        return TimeSpan.TryParse(properties.GetValueOrDefault("Duration"), CultureInfo.InvariantCulture, out var duration) ? duration : null;
    }

    /// <summary>The third part of <c>00-trace-span-flags</c>; another id as it is.</summary>
    private static string? SpanIdOf(string? id) => id?.Split('-') is [_, _, var span, _] ? span : id;

    /// <summary>
    /// Reads <c>[key, value],[key, value]</c>, which <c>TagObjects.*Enumerate</c> gives, or <c>key:value, key:value</c>, which the property
    /// itself gives. Neither escapes anything: what does not begin like a tag belongs to the value before it.
    /// </summary>
    internal static Dictionary<string, string> ReadTags(params string?[] texts)
    {
        var tags = new Dictionary<string, string>();
        foreach (var text in texts.OfType<string>())
        {
            var (separator, tag) = text.StartsWith('[') ? ("],[", EnumeratedTag()) : (", ", ListedTag());
            string? last = null;
            foreach (var part in (text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text).Split(separator))
            {
                if (tag.Match(part) is { Success: true } match)
                {
                    last = match.Groups["key"].Value;
                    tags.TryAdd(last, match.Groups["value"].Value);
                }
                else if (last is not null)
                {
                    tags[last] += separator + part;
                }
            }
        }

        return tags;
    }

    [GeneratedRegex(@"^(?<key>[A-Za-z][A-Za-z0-9_.-]*), (?<value>.*)$", RegexOptions.Singleline)]
    private static partial Regex EnumeratedTag();

    [GeneratedRegex(@"^(?<key>[A-Za-z][A-Za-z0-9_.-]*):(?<value>.*)$", RegexOptions.Singleline)]
    private static partial Regex ListedTag();

    // (trace id, span id, flags, state, remote, tags); between them the runtime writes a space of no width.
    [GeneratedRegex(@"\([0-9a-f]{32},\W*(?<span>[0-9a-f]{16}),")]
    private static partial Regex Link();
}
