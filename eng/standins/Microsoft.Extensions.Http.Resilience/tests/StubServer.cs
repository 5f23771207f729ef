using System.Net;

namespace Microsoft.Extensions.Http.Resilience.Tests;

/// <summary>Stands in the place of the connection: answers every attempt and keeps what it got and gave.</summary>
internal sealed class StubServer(Func<int, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    public StubServer(params HttpStatusCode[] answers)
        : this((attempt, _) => Task.FromResult(new HttpResponseMessage(answers[Math.Min(attempt, answers.Length) - 1])))
    {
    }

    public List<HttpRequestMessage> Requests { get; } = [];

    public List<string?> Bodies { get; } = [];

    public List<HttpResponseMessage> Responses { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        Bodies.Add(request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken));

        var response = await answer(Requests.Count, cancellationToken);
        Responses.Add(response);
        return response;
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, cancellationToken).GetAwaiter().GetResult();

    /// <summary>An answer that never comes.</summary>
    public static async Task<HttpResponseMessage> NeverAsync(CancellationToken cancellationToken)
    {
        var never = new TaskCompletionSource<HttpResponseMessage>();
        return await never.Task.WaitAsync(cancellationToken);
    }
}
