using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConnectionTracing.Endpoint;

/// <summary>The JSON of the endpoint: the same whatever the application's own options are, and without reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ConnectionTracingReport))]
[JsonSerializable(typeof(ConnectionTracingUpdate))]
[JsonSerializable(typeof(EndpointProblem))]
[JsonSerializable(typeof(SwitchCommand))]
internal sealed partial class EndpointJson : JsonSerializerContext;
