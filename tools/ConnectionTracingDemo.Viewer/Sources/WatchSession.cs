using System.Net.Sockets;
using Microsoft.Diagnostics.NETCore.Client;

namespace ConnectionTracingDemo.Viewer.Sources;

/// <summary>A session over the diagnostics port of a process.</summary>
internal sealed class WatchSession : IDisposable
{
    /// <summary>How long the process may take to answer, and to hand over its last events. One that hangs must not make us hang.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly EventPipeSession _session;
    private readonly FileStream? _file;
    private readonly TeeStream? _recording;

    private WatchSession(EventPipeSession session, FileStream? file)
    {
        _session = session;
        _file = file;
        _recording = file is null ? null : new TeeStream(session.EventStream, file);
    }

    /// <summary>Why the file ends before the watching did; null if it does not.</summary>
    public string? RecordingFailure => _recording?.CopyFailure?.Message;

    /// <exception cref="ViewerException">It cannot be watched, or the file cannot be written.</exception>
    public static async Task<WatchSession> StartAsync(DotNetProcess process, int bufferMegabytes, string? path, CancellationToken cancel)
    {
        // The file first: where it cannot be written, the process need not be bothered.
        var file = path is null ? null : Open(path);
        try
        {
            var client = new DiagnosticsClient(process.Id);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience.CancelAfter(Patience);
            var session = await StartSessionAsync(client, bufferMegabytes, patience.Token);
            await WaitForEventsAsync(client, session, patience.Token);

            // Only now: an older recording is not given up for nothing.
            if (file is { CanSeek: true, Length: > 0 })
            {
                file.SetLength(0);
            }

            return new WatchSession(session, file);
        }
        catch (Exception exception)
        {
            file?.Dispose();
            throw new ViewerException(Explain(process, exception), exception);
        }
    }

    /// <summary>Shows events until the process ends or the watching is cancelled.</summary>
    public async Task<WatchEnd> RunAsync(View view, CancellationToken end)
    {
        var reading = Task.Factory.StartNew(() => view.Process(_recording ?? _session.EventStream), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        var asked = new TaskCompletionSource();
        using (end.Register(asked.SetResult))
        {
            await Task.WhenAny(reading, asked.Task);
        }

        var wasAsked = asked.Task.IsCompleted;
        try
        {
            if (!reading.IsCompleted)
            {
                using var patience = new CancellationTokenSource(Patience);
                await _session.StopAsync(patience.Token);
            }

            await reading.WaitAsync(Patience, CancellationToken.None);
        }
        catch (Exception exception) when (exception is OperationCanceledException or TimeoutException)
        {
            return WatchEnd.NoAnswer;
        }
        catch (Exception exception) when (exception is not ViewerException)
        {
            // A process that is killed breaks the stream off, in a way that depends on where it was.
            return WatchEnd.ProcessGone;
        }

        return wasAsked ? WatchEnd.Asked : WatchEnd.ProcessGone;
    }

    public void Dispose()
    {
        _session.Dispose();
        _file?.Dispose();
    }

    /// <summary>Says why a process cannot be watched, and what can be done.</summary>
    internal static string Explain(DotNetProcess process, Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case UnauthorizedAccessException or SocketException { SocketErrorCode: SocketError.AccessDenied }:
                    return NoPermission(process);

                case UnsupportedCommandException or UnsupportedProtocolException:
                    return $"The runtime of {process.Id} ({process.Name}) is too old: it does not know the commands that watching takes. It takes .NET 8 or later.";

                case OperationCanceledException:
                    return $"{process.Id} ({process.Name}) cannot be watched: it has not answered. It is stopped, or hangs.";

                case ServerNotAvailableException when process.BelongsToSomebodyElse:
                    return NoPermission(process);

                case ServerNotAvailableException:
                    return $"{process.Id} ({process.Name}) cannot be watched: it is no .NET process (.NET Framework is none), belongs to another container, or runs with DOTNET_EnableDiagnostics=0. 'connection-viewer ps' lists those that can.";
            }
        }

        return $"{process.Id} ({process.Name}) cannot be watched: {exception.Message}";
    }

    private static async Task<EventPipeSession> StartSessionAsync(DiagnosticsClient client, int bufferMegabytes, CancellationToken cancel)
    {
        try
        {
            // The stack of an event is not shown, and walking it costs the process more than the event.
            return await client.StartEventPipeSessionAsync(Configure(stacks: false), cancel);
        }
        catch (UnsupportedCommandException)
        {
            // .NET 8 always walks it, and does not know the command that says otherwise.
            return await client.StartEventPipeSessionAsync(Configure(stacks: true), cancel);
        }

        EventPipeSessionConfiguration Configure(bool stacks) => new(Providers.All, bufferMegabytes, requestRundown: false, requestStackwalk: stacks);
    }

    /// <summary>
    /// .NET 11 answers before it has switched its event sources on; what happens until then is not in the stream. It serves one command after
    /// the other: once it has answered the next one, they are on.
    /// </summary>
    private static async Task WaitForEventsAsync(DiagnosticsClient client, EventPipeSession session, CancellationToken cancel)
    {
        try
        {
            // The shortest of the commands that change nothing.
            await Task.Run(client.GetProcessEnvironment, CancellationToken.None).WaitAsync(cancel);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static string NoPermission(DotNetProcess process) =>
        $"No permission to watch {process.Id} ({process.Name}): it belongs to another user. Run connection-viewer as that user, or as root.";

    private static FileStream Open(string path)
    {
        try
        {
            // Without a buffer: what cannot be written is known when it is written, not when the file is closed.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ViewerException($"'{path}' cannot be written: {exception.Message}", exception);
        }
    }
}
