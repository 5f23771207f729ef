using System.Net;
using Aspire.Hosting.Projects;

namespace Aspire.Hosting.Tests;

public sealed class HttpHealthCheckTests
{
    private readonly ProjectEndpoint _endpoint = Model.Project("api", "http://localhost:5001").Allocated(34567).Endpoints[0];

    [Fact]
    public async Task The_right_answer_from_the_right_path_is_health()
    {
        Uri? asked = null;
        using var client = Client((request, _) =>
        {
            asked = request.RequestUri;
            return Answer(HttpStatusCode.NoContent);
        });

        Assert.Null(await new HttpHealthCheck(_endpoint, "/health?x=1", 204).FindFaultAsync(client, CancellationToken.None));
        Assert.Equal(new Uri("http://localhost:34567/health?x=1"), asked);
    }

    [Fact]
    public async Task Another_answer_is_told()
    {
        using var client = Client((_, _) => Answer(HttpStatusCode.ServiceUnavailable));

        Assert.Equal("GET http://localhost:34567/health answered 503 instead of 200", await FindFaultAsync(client));
    }

    [Fact]
    public async Task No_connection_is_told_with_its_cause()
    {
        using var client = Client((_, _) => throw new HttpRequestException("outer", new IOException("refused")));

        Assert.Equal("GET http://localhost:34567/health failed: refused", await FindFaultAsync(client));
    }

    [Fact]
    public async Task An_answer_that_never_comes_is_not_waited_for()
    {
        using var client = Client(async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        });

        Assert.Equal("GET http://localhost:34567/health did not answer within 5 s", await FindFaultAsync(client));
    }

    [Fact]
    public async Task It_ends_with_the_project()
    {
        using var client = Client((_, cancellationToken) => Task.FromCanceled<HttpResponseMessage>(cancellationToken));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new HttpHealthCheck(_endpoint, "/", 200).FindFaultAsync(client, new CancellationToken(canceled: true)));
    }

    private static Task<HttpResponseMessage> Answer(HttpStatusCode status) => Task.FromResult(new HttpResponseMessage(status));

    private static HttpClient Client(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) => new(new StubHandler(answer));

    private Task<string?> FindFaultAsync(HttpClient client) => new HttpHealthCheck(_endpoint, "/health", 200).FindFaultAsync(client, CancellationToken.None);

    private sealed class StubHandler(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => answer(request, cancellationToken);
    }
}
