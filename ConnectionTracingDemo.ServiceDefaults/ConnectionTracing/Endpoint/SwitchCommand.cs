using System;
using System.IO;
using System.Text.Json;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;

namespace ConnectionTracing.Endpoint;

/// <summary>What a POST asks for.</summary>
internal sealed record SwitchCommand(bool Enabled, TimeSpan? For)
{
    private const int MaxLength = 1024;

    /// <summary>The body of a POST that asks for this.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, EndpointJson.Default.SwitchCommand);

    /// <summary>Reads the command; without one, says what is wrong and what is allowed.</summary>
    public static async Task<(SwitchCommand? Command, string? Problem)> ReadAsync(HttpRequest request)
    {
        const string Expected = "Send JSON: {\"enabled\": true}, {\"enabled\": true, \"for\": \"00:05:00\"} or {\"enabled\": false}.";

        if (!request.HasJsonContentType() || request.ContentLength > MaxLength)
        {
            return (null, Expected);
        }

        // A chunked body does not say how long it is.
        var body = new byte[MaxLength + 1];
        var length = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        if (length > MaxLength)
        {
            return (null, Expected);
        }

        try
        {
            using var document = JsonDocument.Parse(new MemoryStream(body, 0, length));
            var root = document.RootElement;

            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("enabled", out var enabled)
                || enabled.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            {
                return (null, Expected);
            }

            if (!root.TryGetProperty("for", out var duration) || duration.ValueKind == JsonValueKind.Null)
            {
                return (new SwitchCommand(enabled.GetBoolean(), null), null);
            }

            return duration.ValueKind == JsonValueKind.String && CaptureTime.TryParse(duration.GetString(), out var time)
                ? (new SwitchCommand(enabled.GetBoolean(), time), null)
                : (null, $"for is '{duration}', allowed is {CaptureTime.Allowed}.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second: a string that is none, such as half a surrogate pair.
            return (null, Expected);
        }
    }
}
