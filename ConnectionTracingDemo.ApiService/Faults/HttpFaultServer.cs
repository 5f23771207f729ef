using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ConnectionTracingDemo.ApiService.Faults;

/// <summary>A fault server that speaks HTTP: Kestrel, with the fault built in. Its server spans are those of apiservice.</summary>
internal abstract class HttpFaultServer : FaultServer
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);

    private readonly LoopbackPort _port = LoopbackPort.Reserve();
    private WebApplication? _app;

    public sealed override int Port => _port.Number;

    public override IReadOnlyList<IPAddress> Addresses => _port.Addresses;

    /// <summary>The port's socket of IPv6; null on a machine without.</summary>
    protected Socket? IPv6 => _port.IPv6;

    /// <summary>Where Kestrel listens.</summary>
    protected virtual IReadOnlyList<IPAddress> ListenAddresses => _port.Addresses;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Empty: the settings of apiservice, its ASPNETCORE_URLS for one, are not for this server.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton<IHostLifetime, OuterLifetime>();
        builder.WebHost
            .UseKestrelCore()
            .UseSockets(sockets => sockets.CreateBoundListenSocket = endpoint => _port.Sockets.First(socket => socket.LocalEndPoint!.Equals(endpoint)))
            .ConfigureKestrel(kestrel =>
            {
                Configure(kestrel.Limits);
                foreach (var address in ListenAddresses)
                {
                    kestrel.Listen(address, Port, Configure);
                }
            });

        _app = builder.Build();
        _app.Run(AnswerAsync);
        await _app.StartAsync(cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            // Whoever still waits for an answer is not waited for.
            await _app.StopAsync(new CancellationToken(canceled: true));
            await _app.DisposeAsync();
        }

        _port.Dispose();
        Certificate?.Dispose();
    }

    protected virtual HttpProtocols Protocols => HttpProtocols.Http1;

    protected virtual void Configure(KestrelServerLimits limits)
    {
    }

    protected virtual void Configure(ListenOptions listen) => listen.Protocols = Protocols;

    /// <summary><c>/after/250ms</c> answers after that time, everything else at once.</summary>
    protected virtual async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/after", out var time)
            && int.TryParse(time.Value!.Trim('/').Replace("ms", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
        {
            var delay = TimeSpan.FromMilliseconds(milliseconds);
            await Task.Delay(delay < LongestAnswer ? delay : LongestAnswer, context.RequestAborted);
        }

        await context.Response.WriteAsync("hello", context.RequestAborted);
    }

    /// <summary>Ends with apiservice and leaves signals to it.</summary>
    private sealed class OuterLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
