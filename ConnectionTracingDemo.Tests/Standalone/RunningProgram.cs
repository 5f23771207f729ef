using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ConnectionTracingDemo.Tests.Standalone;

/// <summary>A program that a test starts; whatever happens, it is gone when the test is.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    // A restore and a build on a loaded machine take minutes.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Match> _awaitedLine = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Regex? _awaited;

    private RunningProgram(ProcessStartInfo start, Regex? awaited)
    {
        _awaited = awaited;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => OnLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int ProcessId => _process.Id;

    public string Output => string.Join(Environment.NewLine, _output);

    /// <summary>Starts a program and waits until it writes a line that matches.</summary>
    /// <returns>The program and what matched.</returns>
    public static async Task<(RunningProgram Program, Match Line)> StartAsync(
        string fileName, IEnumerable<string> arguments, string directory, IReadOnlyDictionary<string, string> environment, string awaitedLine)
    {
        var program = new RunningProgram(CreateStart(fileName, arguments, directory, environment), new Regex(awaitedLine));
        var exit = program._process.WaitForExitAsync();
        var first = await Task.WhenAny(program._awaitedLine.Task, exit, Task.Delay(Timeout));
        if (first == program._awaitedLine.Task)
        {
            return (program, await program._awaitedLine.Task);
        }

        await program.DisposeAsync();
        throw new InvalidOperationException($"'{fileName} {string.Join(' ', arguments)}' {(first == exit ? "ended" : "went on")} without a line like '{awaitedLine}'. It wrote:{Environment.NewLine}{program.Output}");
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="InvalidOperationException">Its exit code is not 0; the message has its output.</exception>
    public static async Task<string> RunAsync(string fileName, IEnumerable<string> arguments, string directory, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var program = new RunningProgram(CreateStart(fileName, arguments, directory, environment ?? new Dictionary<string, string>()), awaited: null);
        await program._process.WaitForExitAsync().WaitAsync(Timeout);
        return program._process.ExitCode == 0
            ? program.Output
            : throw new InvalidOperationException($"'{fileName} {string.Join(' ', arguments)}' ended with exit code {program._process.ExitCode}:{Environment.NewLine}{program.Output}");
    }

    /// <summary>Asks the program to end, as an orchestrator does.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        await SignalAsync("TERM");
        await _process.WaitForExitAsync().WaitAsync(Timeout);
        return _process.ExitCode;
    }

    /// <summary>Sends a signal, such as TERM.</summary>
    public Task SignalAsync(string signal) => RunAsync("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)], ".");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync().WaitAsync(Timeout);
        }

        _process.Dispose();
    }

    private static ProcessStartInfo CreateStart(string fileName, IEnumerable<string> arguments, string directory, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(fileName, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };

        // What dotnet test tells its own build and test host is not for the programs under test.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) && name != "MSBUILDDISABLENODEREUSE").ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        if (_awaited?.Match(line) is { Success: true } match)
        {
            _awaitedLine.TrySetResult(match);
        }
    }
}
