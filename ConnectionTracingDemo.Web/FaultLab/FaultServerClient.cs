using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;

namespace ConnectionTracingDemo.Web.FaultLab;

/// <summary>Has apiservice start and stop fault servers.</summary>
internal sealed class FaultServerClient(IHttpClientFactory clients, ILogger<FaultServerClient> logger)
{
    public const string ClientName = "faults";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    // A server that nobody stops ends by itself: no run is to wait long for a service that does not answer any more.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    /// <exception cref="FaultLabException">There is no such server to be had.</exception>
    public async Task<FaultServer> StartAsync(string kind, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StartTimeout);
        try
        {
            using var client = clients.CreateClient(ClientName);
            using var response = await client.PostAsync($"/faults/{kind}", content: null, timeout.Token);

            return response.IsSuccessStatusCode
                ? await response.Content.ReadFromJsonAsync<FaultServer>(timeout.Token) ?? throw new JsonException("null instead of a server")
                : throw await ExplainAsync(response, timeout.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FaultLabException(
                StatusCodes.Status504GatewayTimeout,
                $"The servers of the fault lab are part of apiservice, and apiservice did not answer within {StartTimeout.TotalSeconds} s.",
                exception);
        }
        catch (HttpRequestException exception)
        {
            throw new FaultLabException(
                StatusCodes.Status503ServiceUnavailable,
                "The servers of the fault lab are part of apiservice, and apiservice could not be reached. See in the dashboard, or in the AppHost’s console, whether it runs.",
                exception);
        }
        catch (JsonException exception)
        {
            throw new FaultLabException(StatusCodes.Status502BadGateway, "apiservice answered, but not with the address of a server.", exception);
        }
    }

    public async Task StopAsync(FaultServer server)
    {
        using var timeout = new CancellationTokenSource(StopTimeout);
        try
        {
            using var client = clients.CreateClient(ClientName);
            using var response = await client.DeleteAsync($"/faults/{server.Id}", timeout.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            logger.LogInformation(exception, "Fault server {Id} was not told to stop. It ends by itself.", server.Id);
        }
    }

    private static async Task<FaultLabException> ExplainAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var problem = response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? await response.Content.ReadFromJsonAsync<ProblemDetails>(cancellationToken)
            : null;

        return response.StatusCode == HttpStatusCode.NotFound && problem?.Extensions.ContainsKey("kinds") != true
            ? new(StatusCodes.Status503ServiceUnavailable, "apiservice has no fault servers. It offers them in Development only: is its ASPNETCORE_ENVIRONMENT another one?")
            : new((int)response.StatusCode, $"apiservice did not start a fault server (status {(int)response.StatusCode}). {problem?.Detail}".TrimEnd());
    }
}
