using System.Net.Sockets;
using OpenTelemetry;

namespace ConnectionTracingDemo.ApiService.Faults;

/// <summary>
/// Makes a socket listen and accepts nobody, with so many connections waiting that no other gets in. Linux then ignores those who
/// knock, as a firewall would, and they try again after 1 s, 2 s, 4 s; Windows refuses them.
/// </summary>
internal sealed class FullBacklog : IDisposable
{
    private const int Backlog = 1;
    private const int Waiting = Backlog + 1;

    /// <summary>More than Linux lets wait: other systems count differently.</summary>
    private const int Visitors = 8;

    private readonly List<Socket> _visitors = [];

    public async Task FillAsync(Socket socket, CancellationToken cancellationToken)
    {
        socket.Listen(Backlog);

        // They are part of the stage, not of the play.
        using var silence = SuppressInstrumentationScope.Begin();

        var visits = new List<Task>();
        for (var i = 0; i < Visitors; i++)
        {
            var visitor = new Socket(socket.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _visitors.Add(visitor);
            visits.Add(visitor.ConnectAsync(socket.LocalEndPoint!));
        }

        for (var inside = 0; inside < Waiting; inside++)
        {
            var visit = await Task.WhenAny(visits).WaitAsync(cancellationToken);
            visits.Remove(visit);
            await visit;
        }

        // The others go on knocking until they are disposed.
        foreach (var visit in visits)
        {
            _ = visit.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    public void Dispose()
    {
        foreach (var visitor in _visitors)
        {
            visitor.Dispose();
        }
    }
}
