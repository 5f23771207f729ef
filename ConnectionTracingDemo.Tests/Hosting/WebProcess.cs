using System.Diagnostics;
using System.Text;

namespace ConnectionTracingDemo.Tests.Hosting;

/// <summary>The Web project on its own, without AppHost, API or dashboard.</summary>
internal sealed class WebProcess : IAsyncDisposable
{
    private const string Project = "ConnectionTracingDemo.Web";
    private const string ListeningPrefix = "Now listening on: ";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WebProcess(Process process) => _process = process;

    /// <summary>What it has written so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts the built program with settings such as <c>WeatherApi:MaxWait=00:00:05</c>.</summary>
    public static WebProcess Start(params string[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [FindProgram(), "--urls=http://127.0.0.1:0", .. settings.Select(setting => $"--{setting}")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Whatever this machine, or the test run, is set to.
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment.Remove("OTEL_EXPORTER_OTLP_ENDPOINT");
        start.Environment.Remove("DashboardUrl");

        var web = new WebProcess(new Process { StartInfo = start });
        web._process.OutputDataReceived += (_, line) => web.Read(line.Data);
        web._process.ErrorDataReceived += (_, line) => web.Read(line.Data);
        web._process.Start();
        web._process.BeginOutputReadLine();
        web._process.BeginErrorReadLine();
        return web;
    }

    /// <summary>Waits until it listens.</summary>
    /// <exception cref="TimeoutException">It does not; the message tells what it has written instead.</exception>
    public Task<Uri> WaitForAddressAsync() => WaitAsync(_listening.Task, "to listen");

    /// <summary>Waits until it ends by itself.</summary>
    /// <exception cref="TimeoutException">It does not; the message tells what it has written instead.</exception>
    public Task WaitForExitAsync() => WaitAsync(WaitForExitAndOutputAsync(), "to end");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await WaitForExitAsync();
        }

        _process.Dispose();
    }

    // The program is not an AppHost's business here, so its place follows from that of this assembly: <project>/bin/<configuration>/<framework>.
    private static string FindProgram()
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var configuration = framework.Parent!;
        var solution = configuration.Parent!.Parent!.Parent!;
        var program = Path.Combine(solution.FullName, Project, "bin", configuration.Name, framework.Name, $"{Project}.dll");

        return File.Exists(program) ? program : throw new FileNotFoundException($"The Web project is not built: there is no '{program}'.");
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (line.IndexOf(ListeningPrefix, StringComparison.Ordinal) is >= 0 and var start)
        {
            _listening.TrySetResult(new Uri(line[(start + ListeningPrefix.Length)..]));
        }
    }

    private async Task<object?> WaitForExitAndOutputAsync()
    {
        await _process.WaitForExitAsync();
        return null;
    }

    private async Task<T> WaitAsync<T>(Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Waited {Patience.TotalSeconds} s for {Project} {what}. It wrote:{Environment.NewLine}{Output}");
        }
    }
}
