using System.Diagnostics;
using System.Globalization;
using ConnectionTracingDemo.Tests.Telemetry;

namespace ConnectionTracingDemo.Tests.Adoption;

/// <summary>
/// Reads spans from what an OTLP exporter sends. The numbers are those of the fields in
/// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto.
/// </summary>
internal static class OtlpTraces
{
    public static List<Span> ReadSpans(ReadOnlySpan<byte> request)
    {
        var spans = new List<Span>();
        for (var reader = new ProtobufReader(request); reader.Read();)
        {
            if (reader.Field == 1)
            {
                ReadResourceSpans(reader.Bytes, spans);
            }
        }

        return spans;
    }

    private static void ReadResourceSpans(ReadOnlySpan<byte> message, List<Span> spans)
    {
        var service = "";
        for (var reader = new ProtobufReader(message); reader.Read();)
        {
            switch (reader.Field)
            {
                case 1:
                    service = ReadAttributes(reader.Bytes, field: 1).GetValueOrDefault("service.name", "");
                    break;
                case 2:
                    ReadScopeSpans(reader.Bytes, service, spans);
                    break;
            }
        }
    }

    private static void ReadScopeSpans(ReadOnlySpan<byte> message, string service, List<Span> spans)
    {
        var source = "";
        for (var reader = new ProtobufReader(message); reader.Read();)
        {
            switch (reader.Field)
            {
                case 1:
                    for (var scope = new ProtobufReader(reader.Bytes); scope.Read();)
                    {
                        source = scope.Field == 1 ? scope.Text : source;
                    }

                    break;
                case 2:
                    spans.Add(ReadSpan(reader.Bytes, service, source));
                    break;
            }
        }
    }

    private static Span ReadSpan(ReadOnlySpan<byte> message, string service, string source)
    {
        string traceId = "", spanId = "", name = "";
        string? parentSpanId = null;
        ulong kind = 0, start = 0, end = 0, status = 0;
        var links = new List<SpanLink>();
        for (var reader = new ProtobufReader(message); reader.Read();)
        {
            switch (reader.Field)
            {
                case 1:
                    traceId = reader.Hex;
                    break;
                case 2:
                    spanId = reader.Hex;
                    break;
                case 4:
                    parentSpanId = reader.Bytes.IsEmpty ? null : reader.Hex;
                    break;
                case 5:
                    name = reader.Text;
                    break;
                case 6:
                    kind = reader.Number;
                    break;
                case 7:
                    start = reader.Number;
                    break;
                case 8:
                    end = reader.Number;
                    break;
                case 13:
                    links.Add(ReadLink(reader.Bytes));
                    break;
                case 15:
                    for (var code = new ProtobufReader(reader.Bytes); code.Read();)
                    {
                        status = code.Field == 3 ? code.Number : status;
                    }

                    break;
            }
        }

        return new()
        {
            Service = service,
            Source = source,
            TraceId = traceId,
            SpanId = spanId,
            ParentSpanId = parentSpanId,
            Name = name,
            // OTLP counts from 1, because its 0 says that there is none.
            Kind = (ActivityKind)kind - 1,
            Status = (ActivityStatusCode)status,
            Start = ToTime(start),
            End = ToTime(end),
            Attributes = ReadAttributes(message, field: 9),
            Links = links,
        };
    }

    private static SpanLink ReadLink(ReadOnlySpan<byte> message)
    {
        string traceId = "", spanId = "";
        for (var reader = new ProtobufReader(message); reader.Read();)
        {
            switch (reader.Field)
            {
                case 1:
                    traceId = reader.Hex;
                    break;
                case 2:
                    spanId = reader.Hex;
                    break;
            }
        }

        return new(traceId, spanId);
    }

    private static Dictionary<string, string> ReadAttributes(ReadOnlySpan<byte> message, int field)
    {
        var attributes = new Dictionary<string, string>();
        for (var reader = new ProtobufReader(message); reader.Read();)
        {
            if (reader.Field == field)
            {
                string key = "", value = "";
                for (var attribute = new ProtobufReader(reader.Bytes); attribute.Read();)
                {
                    switch (attribute.Field)
                    {
                        case 1:
                            key = attribute.Text;
                            break;
                        case 2:
                            value = ReadValue(attribute.Bytes);
                            break;
                    }
                }

                attributes.Add(key, value);
            }
        }

        return attributes;
    }

    private static string ReadValue(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        return !reader.Read() ? "" : reader.Field switch
        {
            1 => reader.Text,
            2 => reader.Number != 0 ? "true" : "false",
            3 => ((long)reader.Number).ToString(CultureInfo.InvariantCulture),
            4 => BitConverter.UInt64BitsToDouble(reader.Number).ToString(CultureInfo.InvariantCulture),
            _ => reader.Hex,
        };
    }

    private static DateTimeOffset ToTime(ulong unixNanoseconds) => DateTimeOffset.UnixEpoch.AddTicks((long)unixNanoseconds / TimeSpan.NanosecondsPerTick);
}
