using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.Dashboard.Resources;

/// <summary>
/// Where the dashboard asks for resources: HTTP/2 on a free port of this machine, for who has the key. Whatever happens to a call, or to a
/// connection, the resources do not notice.
/// </summary>
internal sealed class ResourceServer : IHttpApplication<HttpContext>, IAsyncDisposable
{
    public const string KeyHeader = "x-resource-service-api-key";
    private const string GrpcContentType = "application/grpc";

    private readonly ResourceCalls _calls;
    private readonly ILogger _logger;
    private readonly KestrelServer _server;
    // Never disposed of: calls that come to their end after the server has may still ask it.
    private readonly CancellationTokenSource _stopping = new();
    private readonly byte[] _key;

    private ResourceServer(ResourceCalls calls, ILoggerFactory loggers)
    {
        _calls = calls;
        _logger = loggers.CreateLogger<ResourceServer>();
        ApiKey = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        _key = Encoding.ASCII.GetBytes(ApiKey);

        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2);
        // Streams that have nothing to say for hours are what this server is for.
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.MaxRequestBodySize = null;
        _server = new KestrelServer(Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers), loggers);
    }

    public Uri Url { get; private set; } = null!;

    /// <summary>Known to this AppHost and its dashboard only.</summary>
    public string ApiKey { get; }

    public static async Task<ResourceServer> StartAsync(ResourceCalls calls, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var server = new ResourceServer(calls, loggers);
        await server._server.StartAsync(server, cancellationToken).ConfigureAwait(false);
        server.Url = new Uri(server._server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
        return server;
    }

    /// <summary>Ends all calls. Nobody waits for them: they would last as long as the dashboard.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _server.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        _server.Dispose();
    }

    HttpContext IHttpApplication<HttpContext>.CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    void IHttpApplication<HttpContext>.DisposeContext(HttpContext context, Exception? exception)
    {
        // It holds nothing.
    }

    async Task IHttpApplication<HttpContext>.ProcessRequestAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || context.Request.ContentType?.StartsWith(GrpcContentType, StringComparison.OrdinalIgnoreCase) != true)
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        context.Response.ContentType = GrpcContentType;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        try
        {
            if (!HasKey(context.Request))
            {
                throw new GrpcException(GrpcStatus.Unauthenticated, $"The header {KeyHeader} is missing or wrong.");
            }

            await _calls.AnswerAsync(context, ending.Token).ConfigureAwait(false);
            SetStatus(context.Response, GrpcStatus.Ok, "");
        }
        catch (GrpcException exception)
        {
            _logger.LogDebug("{Path}: {Status}, {Reason}", context.Request.Path, exception.Status, exception.Message);
            SetStatus(context.Response, exception.Status, exception.Message);
        }
        catch (Exception exception) when (ending.IsCancellationRequested || exception is IOException)
        {
            // Whoever asked has gone, or is told to go.
            context.Abort();
        }
        catch (Exception exception)
        {
            _logger.LogError(exception, "The dashboard asked for {Path} and got no answer.", context.Request.Path);
            SetStatus(context.Response, GrpcStatus.Internal, exception.Message);
        }
    }

    private bool HasKey(HttpRequest request) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Headers[KeyHeader].ToString()), _key);

    /// <summary>The status comes after the messages, or in their place.</summary>
    private static void SetStatus(HttpResponse response, GrpcStatus status, string message)
    {
        var (code, text) = (((int)status).ToString(CultureInfo.InvariantCulture), Uri.EscapeDataString(message));
        if (response.HasStarted)
        {
            response.AppendTrailer("grpc-status", code);
            response.AppendTrailer("grpc-message", text);
        }
        else
        {
            response.Headers["grpc-status"] = code;
            response.Headers["grpc-message"] = text;
        }
    }
}
