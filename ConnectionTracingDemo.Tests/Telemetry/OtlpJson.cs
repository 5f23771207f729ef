using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ConnectionTracingDemo.Tests.Telemetry;

/// <summary>Reads spans from OTLP JSON, https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding.</summary>
internal static class OtlpJson
{
    public static IEnumerable<Span> ReadSpans(JsonElement document)
    {
        foreach (var resource in Items(document, "resourceSpans"))
        {
            var service = ReadAttributes(resource.GetProperty("resource"))["service.name"];

            foreach (var scope in Items(resource, "scopeSpans"))
            {
                var source = scope.GetProperty("scope").GetProperty("name").GetString()!;

                foreach (var span in Items(scope, "spans"))
                {
                    yield return ReadSpan(span, service, source);
                }
            }
        }
    }

    private static Span ReadSpan(JsonElement span, string service, string source) => new()
    {
        Service = service,
        Source = source,
        TraceId = Text(span, "traceId")!,
        SpanId = Text(span, "spanId")!,
        ParentSpanId = Text(span, "parentSpanId"),
        Name = Text(span, "name")!,
        // OTLP counts from 1, because its 0 says that there is none.
        Kind = (ActivityKind)(span.GetProperty("kind").GetInt32() - 1),
        Status = span.TryGetProperty("status", out var status) && status.TryGetProperty("code", out var code) ? (ActivityStatusCode)code.GetInt32() : ActivityStatusCode.Unset,
        Start = ReadTime(span, "startTimeUnixNano"),
        End = ReadTime(span, "endTimeUnixNano"),
        Attributes = ReadAttributes(span),
        Links = [.. Items(span, "links").Select(link => new SpanLink(Text(link, "traceId")!, Text(link, "spanId")!))],
    };

    private static Dictionary<string, string> ReadAttributes(JsonElement element) =>
        Items(element, "attributes").ToDictionary(
            attribute => Text(attribute, "key")!,
            attribute => Text(attribute.GetProperty("value"), "stringValue") ?? "");

    private static DateTimeOffset ReadTime(JsonElement span, string property) =>
        DateTimeOffset.UnixEpoch.AddTicks(long.Parse(Text(span, property)!, CultureInfo.InvariantCulture) / TimeSpan.NanosecondsPerTick);

    private static JsonElement.ArrayEnumerator Items(JsonElement element, string property) =>
        element.TryGetProperty(property, out var array) && array.ValueKind == JsonValueKind.Array ? array.EnumerateArray() : default;

    private static string? Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.GetString() is { Length: > 0 } text ? text : null;
}
