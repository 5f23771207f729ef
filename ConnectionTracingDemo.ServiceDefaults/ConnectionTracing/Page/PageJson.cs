using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConnectionTracing.Page;

/// <summary>The JSON of the page's messages. A message of another service that lacks something is refused, and not half shown.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ConnectionTracingUpdate))]
[JsonSerializable(typeof(PageMessage))]
internal sealed partial class PageJson : JsonSerializerContext;
