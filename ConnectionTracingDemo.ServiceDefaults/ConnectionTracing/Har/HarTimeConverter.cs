using System;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConnectionTracing.Har;

/// <summary>Writes a time as UTC with the offset Z.</summary>
internal sealed class HarTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value.UtcDateTime);
}
