using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;

namespace ConnectionTracing.Endpoint;

/// <summary>Why a request is refused, https://www.rfc-editor.org/rfc/rfc9457.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Title">What is wrong.</param>
/// <param name="Detail">What to change.</param>
internal sealed record EndpointProblem(int Status, string Title, string Detail)
{
    public static EndpointProblem NotACommand(string detail) => new(StatusCodes.Status400BadRequest, "The command is not valid.", detail);

    public Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";
        return response.WriteAsJsonAsync(this, EndpointJson.Default.EndpointProblem, contentType: "application/problem+json");
    }
}
