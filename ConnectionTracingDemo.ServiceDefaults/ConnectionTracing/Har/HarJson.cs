using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConnectionTracing.Har;

/// <summary>The JSON of a HAR file, without reflection. What is read must have all that is written.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    NumberHandling = JsonNumberHandling.Strict,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(HarFile))]
internal sealed partial class HarJson : JsonSerializerContext;
