using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Aspire.Hosting.Dcp;

/// <summary>A process that DCP runs for us: start, watch, stop, start again.</summary>
internal sealed partial class DcpProcess
{
    private readonly DcpClient _client;
    private readonly DcpExecutableSpec _spec;
    private readonly Dictionary<string, string> _annotations;
    private TaskCompletionSource? _running;
    private TaskCompletionSource? _ended;
    private TaskCompletionSource? _deleted;

    /// <param name="client">Speaks to DCP.</param>
    /// <param name="watcher">Tells of changes.</param>
    /// <param name="name">The unique name in DCP.</param>
    /// <param name="spec">What to run.</param>
    /// <param name="annotations">What to note on it.</param>
    public DcpProcess(DcpClient client, ExecutableWatcher watcher, string name, DcpExecutableSpec spec, Dictionary<string, string> annotations)
    {
        _client = client;
        _spec = spec;
        _annotations = annotations;
        Name = name;
        watcher.Subscribe(name, OnStatus);
    }

    /// <summary>Raised with every status, in order, from the thread that reads DCP's stream.</summary>
    public event Action<DcpExecutableStatus>? Changed;

    public string Name { get; }

    public DcpExecutableStatus? Status { get; private set; }

    public bool IsStarted => _ended is { Task.IsCompleted: false };

    /// <summary>Starts the process, again if it has ended, and waits until it runs or has ended already.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_deleted is not null)
        {
            // DCP cannot start an Executable twice: it has to go and come back. Once its deletion has been told, no news of the old one follows.
            await _client.DeleteExecutableAsync(Name, cancellationToken).ConfigureAwait(false);
            await _deleted.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        _running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _deleted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _client.CreateExecutableAsync(Name, _spec, _annotations, cancellationToken).ConfigureAwait(false);
        await _running.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks the process to stop, and kills it where it has not within the time given to it.</summary>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        if (!IsStarted)
        {
            return;
        }

        try
        {
            await _client.StopExecutableAsync(Name, cancellationToken).ConfigureAwait(false);
            await _ended!.Task.WaitAsync(grace, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or HttpRequestException)
        {
            Kill();
        }
    }

    /// <summary>The last lines that the process wrote, to the error stream if to that at all.</summary>
    public string ReadLastOutput(int lines)
    {
        var error = ReadLastLines(Status?.StdErrFile, lines);
        return error.Length > 0 ? error : ReadLastLines(Status?.StdOutFile, lines);
    }

    private void OnStatus(DcpExecutableStatus? status)
    {
        if (status is null)
        {
            _deleted?.TrySetResult();
            return;
        }

        Status = status;
        Changed?.Invoke(status);
        if (status.State == "Running")
        {
            _running?.TrySetResult();
        }
        else if (status.HasEnded)
        {
            _running?.TrySetResult();
            _ended?.TrySetResult();
        }
    }

    private void Kill()
    {
        if (Status?.ProcessId is not { } processId)
        {
            return;
        }

        try
        {
            using var process = Process.GetProcessById((int)processId);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It has ended in the meantime.
        }
    }

    /// <summary>DCP puts a line number and a time before each line.</summary>
    private static string WithoutDcpPrefix(string line) => DcpPrefix().Replace(line, "");

    [GeneratedRegex(@"^\d+ \d{4}-\d\d-\d\dT[\d:.]+Z ?")]
    private static partial Regex DcpPrefix();

    private static string ReadLastLines(string? path, int lines)
    {
        try
        {
            return path is null ? "" : string.Join(Environment.NewLine, File.ReadLines(path).TakeLast(lines).Select(WithoutDcpPrefix)).Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
