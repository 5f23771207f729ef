using System.Net;

namespace Aspire.Hosting.Projects;

/// <summary>A project is healthy while a GET of this path answers with this status.</summary>
internal sealed record HttpHealthCheck(ProjectEndpoint Endpoint, string Path, int StatusCode)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>The name that Aspire gives the check.</summary>
    public string KeyOf(string project) => $"{project}_{Endpoint.Name}_{Path}_{StatusCode}_check";

    private Uri Uri => new(new Uri(Endpoint.Url), Path);

    /// <returns>Why the project is not healthy; null if it is.</returns>
    public async Task<string?> FindFaultAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            using var response = await client.GetAsync(Uri, timeout.Token).ConfigureAwait(false);
            return response.StatusCode == (HttpStatusCode)StatusCode
                ? null
                : $"GET {Uri} answered {(int)response.StatusCode} instead of {StatusCode}";
        }
        catch (HttpRequestException exception)
        {
            return $"GET {Uri} failed: {(exception.InnerException ?? exception).Message}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"GET {Uri} did not answer within {Timeout.TotalSeconds:0} s";
        }
    }
}
