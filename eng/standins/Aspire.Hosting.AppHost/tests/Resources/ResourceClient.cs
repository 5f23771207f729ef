using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Aspire.Hosting.Dashboard.Resources;
using Google.Protobuf;

namespace Aspire.Hosting.Tests.Resources;

/// <summary>Asks a <see cref="ResourceServer"/> as the dashboard does: over one HTTP/2 connection, with the key that it was given.</summary>
internal sealed class ResourceClient(Uri url, string? key) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = new Uri(url, "aspire.v1.DashboardService/"),
        Timeout = Patience,
    };

    public static ResourceClient Of(ResourceServer server) => new(server.Url, server.ApiKey);

    /// <summary>Closes the connection, whatever goes on in it.</summary>
    public void Dispose() => _http.Dispose();

    public static ByteArrayContent Frame(IMessage message)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        GrpcFrames.Write(pipe.Writer, message);
        pipe.Writer.Complete();
        using var frame = new MemoryStream();
        pipe.Reader.AsStream().CopyTo(frame);
        return new ByteArrayContent(frame.ToArray());
    }

    public Task<ResourceAnswer> AskAsync(string method, IMessage request) => SendAsync(method, Frame(request));

    public async Task<ResourceAnswer> SendAsync(string method, HttpContent content, string contentType = "application/grpc")
    {
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        var request = new HttpRequestMessage(HttpMethod.Post, method) { Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (key is not null)
        {
            request.Headers.Add(ResourceServer.KeyHeader, key);
        }

        return new ResourceAnswer(await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
    }
}

/// <summary>The messages of an answer as they come, and the status at the end.</summary>
internal sealed class ResourceAnswer(HttpResponseMessage response) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly PipeReader _body = PipeReader.Create(response.Content.ReadAsStream());

    public HttpStatusCode HttpStatus => response.StatusCode;

    /// <summary>gRPC's status; it is there when the answer has ended.</summary>
    public string? Status => Read("grpc-status");

    public string? Message => Uri.UnescapeDataString(Read("grpc-message") ?? "");

    public void Dispose() => response.Dispose();

    /// <returns>The next message; null at the end.</returns>
    public async Task<T?> ReadAsync<T>(MessageParser<T> parser) where T : class, IMessage<T>
    {
        using var timeout = new CancellationTokenSource(Patience);
        return await GrpcFrames.ReadAsync(_body, parser, timeout.Token);
    }

    private string? Read(string header) =>
        response.Headers.TryGetValues(header, out var values) || response.TrailingHeaders.TryGetValues(header, out values) ? values.Single() : null;
}
