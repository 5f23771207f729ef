using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ConnectionTracingDemo.Stress;

/// <summary>
/// The servers: for each transport one that is calm and one that is rough. Only at the rough ones requests are cancelled, aborted or sent
/// in bursts, so that the diagnosis has nothing to find at the others. The query of a request says how it is answered.
/// </summary>
internal sealed class Servers
{
    /// <summary>Fewer streams than a burst has requests.</summary>
    public const int MaxStreams = 20;

    public const string CertificateSubject = "CN=localhost";

    private readonly Dictionary<(Transport Transport, bool Rough), ListenOptions> _listening = [];

    public int PortOf(Transport transport, bool rough) => _listening[(transport, rough)].IPEndPoint!.Port;

    public bool IsRough(int? port) => _listening.Any(server => server.Key.Rough && server.Value.IPEndPoint!.Port == port);

    public void Configure(IWebHostBuilder builder) => builder.ConfigureKestrel(kestrel =>
    {
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.Http2.MaxStreamsPerConnection = MaxStreams;

        var certificate = CreateCertificate();
        foreach (var transport in Enum.GetValues<Transport>())
        {
            foreach (var rough in (bool[])[false, true])
            {
                kestrel.Listen(IPAddress.Loopback, 0, listen =>
                {
                    listen.Protocols = transport == Transport.Http2 ? HttpProtocols.Http2 : HttpProtocols.Http1;
                    if (transport != Transport.Http1)
                    {
                        listen.UseHttps(certificate);
                    }

                    _listening[(transport, rough)] = listen;
                });
            }
        }
    });

    /// <param name="app">The application to answer.</param>
    /// <param name="ledger">Is told on which connection each request came.</param>
    public static void Map(WebApplication app, Ledger ledger)
    {
        app.Use((context, next) =>
        {
            // The parent of the trace context is the request's span; a client without a propagator sends none.
            ledger.OnServed(context.Request.Headers.TraceParent is [{ Length: 55 } parent] ? parent.Substring(36, 16) : context.Request.Path, context.Connection.Id);
            return next(context);
        });
        app.UseWebSockets();
        app.MapGrpcService<EchoService>();
        app.MapFallback(AnswerAsync);
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        if (context.WebSockets.IsWebSocketRequest)
        {
            await EchoMessagesAsync(context);
            return;
        }

        var (request, response) = (context.Request, context.Response);
        var abort = (string?)request.Query["abort"];
        if (Number(context, "delay") is > 0 and var delay)
        {
            await Task.Delay(delay, context.RequestAborted);
        }

        if (abort is "headers")
        {
            Abort(context);
            return;
        }

        if (Number(context, "redirect") is > 0 and var redirects)
        {
            response.StatusCode = Number(context, "status");
            response.Headers.Location = $"{request.Path}/{redirects}?redirect={redirects - 1}&status={response.StatusCode}&seed={request.Query["seed"]}&size={request.Query["size"]}";
            return;
        }

        if (request.Query.ContainsKey("close"))
        {
            response.Headers.Connection = "close";
        }

        if (request.Query.ContainsKey("reject"))
        {
            response.StatusCode = StatusCodes.Status417ExpectationFailed;
        }
        else if (request.Query.ContainsKey("echo"))
        {
            await EchoAsync(context);
        }
        else
        {
            var body = Payload.Of(Number(context, "seed"), Number(context, "size"));
            if (abort is not null)
            {
                // Not the whole body, though its length is announced.
                response.ContentLength = body.Length + 1;
            }

            await response.Body.WriteAsync(body, context.RequestAborted);
            if (abort is not null)
            {
                await response.Body.FlushAsync(context.RequestAborted);
                Abort(context);
            }
        }
    }

    /// <summary>Over HTTP/2 the stream alone is reset, unless the whole connection is to be.</summary>
    private static void Abort(HttpContext context)
    {
        if (context.Request.Query.ContainsKey("connection"))
        {
            context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
        }
        else
        {
            context.Abort();
        }
    }

    /// <summary>
    /// Only a client that reads while it writes is sent the body as it comes: any other would wait for the server, and the server for it.
    /// </summary>
    private static async Task EchoAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (request.Query.ContainsKey("early"))
        {
            // Its headers go out before the body has come.
            await response.StartAsync(context.RequestAborted);
            await response.Body.FlushAsync(context.RequestAborted);
        }

        if (request.Query.ContainsKey("duplex"))
        {
            await request.Body.CopyToAsync(response.Body, context.RequestAborted);
            return;
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, context.RequestAborted);
        await response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted);
    }

    private static async Task EchoMessagesAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[4 * 1024];
        while (await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } received)
        {
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }

    private static int Number(HttpContext context, string key) =>
        int.TryParse(context.Request.Query[key], CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(CertificateSubject, key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));

        // TLS on Windows cannot use a key that was never stored.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }
}
