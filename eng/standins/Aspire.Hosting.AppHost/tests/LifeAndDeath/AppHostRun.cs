using System.Diagnostics;
using System.Globalization;
using System.Text;
using Aspire.Hosting.Dcp;
using ConnectionTracingDemo.Tests.Hosting;

namespace Aspire.Hosting.Tests.LifeAndDeath;

/// <summary>
/// A run of the solution's AppHost as a process of its own, on ports of its own. Whatever a test does to it, nothing of it is left behind.
/// </summary>
internal sealed class AppHostRun : IAsyncDisposable
{
    public const string Api = "ConnectionTracingDemo.ApiService.dll";
    public const string Web = "ConnectionTracingDemo.Web.dll";
    public const string Dashboard = "aspire-managed";
    public const string DcpServer = "start-apiserver";
    public const string DcpControllers = "run-controllers";

    /// <summary>
    /// What the README promises: five seconds from the signal to the end of the last process. On an idle machine with two cores it takes two
    /// (Ctrl+C) to three and a half (SIGKILL).
    /// </summary>
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The promise is made for a machine that has time for it. Tests run beside builds on the same two cores, where everything takes several
    /// times as long, and have to hold there too. So each run measures the load itself: the factor is how much longer than
    /// <see cref="UsualStart"/> this AppHost took to start, and never less than this, because load comes and goes. On an idle machine that still
    /// tells a stop that works from one that waits for a timeout, such as DCP's grace of six seconds after a second's watch.
    /// </summary>
    private const double LeastFactor = 1.4;

    private static readonly TimeSpan UsualStart = TimeSpan.FromSeconds(3);

    /// <summary>For what has to happen some time. Only a failing test waits this long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly OwnProcesses _processes = new();
    private readonly DirectoryInfo _temp = Directory.CreateTempSubdirectory("life-and-death-");
    private readonly StringBuilder _output = new();
    private readonly Process _process;
    private readonly long _begin = Stopwatch.GetTimestamp();
    private double _factor = LeastFactor;

    private AppHostRun(AppHostSettings settings, IReadOnlyList<string> command)
    {
        // A process started in the background of a shell has Ctrl+C switched off, and its children inherit that; env switches it on again.
        // setsid gives it a process group of its own, as a terminal gives to what is typed into it.
        var start = new ProcessStartInfo("setsid", ["env", "--default-signal=INT,QUIT,TERM", .. command])
        {
            WorkingDirectory = AppHostBuild.Directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[OwnProcesses.Variable] = _processes.MarkValue;
        start.Environment["TMPDIR"] = _temp.FullName;
        foreach (var (name, value) in settings.Variables)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += OnOutput;
        _process.ErrorDataReceived += OnOutput;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int ProcessId => _process.Id;

    public int ExitCode => _process.ExitCode;

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

    /// <summary>The folders that DCP works in and that must not outlive it.</summary>
    public IEnumerable<string> SessionFolders => _temp.EnumerateDirectories("aspire-*").Select(folder => folder.FullName);

    public static AppHostRun Start(AppHostSettings? settings = null) => new(settings ?? new AppHostSettings(), [AppHostBuild.Program]);

    /// <summary>What people type; <c>dotnet run</c> starts the program and waits for it.</summary>
    public static AppHostRun StartWithDotNetRun() =>
        new(new AppHostSettings(), ["dotnet", "run", "--no-build", "--no-launch-profile", "--configuration", Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(AppHostBuild.Program)))!]);

    public OwnProcess? Find(string program) => _processes.Find(program);

    public async Task<OwnProcess> WaitForProcessAsync(string program)
    {
        OwnProcess? process = null;
        await WaitAsync(() => (process = Find(program)) is not null, $"'{program}' does not run");
        return process!;
    }

    public Task WaitForOutputAsync(string text) => WaitAsync(() => Output.Contains(text, StringComparison.Ordinal), $"'{text}' was not written");

    /// <summary>Waits until the AppHost says that it has started and both services say the same.</summary>
    public async Task WaitUntilStartedAsync()
    {
        await WaitForOutputAsync("Distributed application started.");
        await WaitAsync(() => CountStartedServices() == 2, "the services have not started");
        _factor = Math.Max(LeastFactor, Stopwatch.GetElapsedTime(_begin) / UsualStart);
    }

    /// <summary>Waits until the AppHost and everything that it started are gone, and checks that it took no longer than promised.</summary>
    /// <param name="since">When they were told to, or had reason to: see <see cref="Stopwatch.GetTimestamp"/>.</param>
    public async Task AssertAllGoneAsync(long since)
    {
        await WaitAsync(() => _process.HasExited && _processes.Find().Count == 0, "there are processes left", untilExit: false);
        var elapsed = Stopwatch.GetElapsedTime(since);
        Assert.True(elapsed < Promise * _factor, $"It took {elapsed.TotalSeconds:0.0} s until all processes were gone, with the load of this machine taken into account at most {Promise.TotalSeconds * _factor:0.0}. The AppHost's output:\n{Output}");
        await _process.WaitForExitAsync();
        Assert.Empty(SessionFolders);
    }

    /// <summary>Waits for the AppHost alone.</summary>
    public async Task WaitForExitAsync()
    {
        await WaitAsync(() => _process.HasExited, "the AppHost still runs");
        await _process.WaitForExitAsync();
    }

    public async Task WaitAsync(Func<bool> condition, string complaint, bool untilExit = true)
    {
        // Asked once where it is met: what is looked for may be gone again, such as the process that only forks DCP.
        var isMet = false;
        await Poll.UntilAsync(
            _ => Task.FromResult((isMet = condition()) || (untilExit && _process.HasExited)), Patience, CancellationToken.None);
        if (!isMet && !condition())
        {
            var left = string.Join('\n', _processes.Find());
            Assert.Fail($"{complaint} ({(_process.HasExited ? $"the AppHost ended with exit code {_process.ExitCode}" : $"after {Patience.TotalSeconds:0} s")}). Processes:\n{left}\nThe AppHost's output:\n{Output}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The AppHost first, or it would tell of the others' end; DCP before its helpers, or it would start more.
        while (_processes.Find() is { Count: > 0 } left)
        {
            left.OrderBy(process => process.Id).ToList().ForEach(process => OwnProcesses.Kill(process.Id));
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _temp.Delete(recursive: true);
    }

    private int CountStartedServices() =>
        SessionFolders.SelectMany(folder => Directory.EnumerateFiles(folder, "*_out"))
            .Count(file => File.ReadAllText(file).Contains("Application started", StringComparison.Ordinal));

    private void OnOutput(object sender, DataReceivedEventArgs args)
    {
        lock (_output)
        {
            _output.AppendLine(args.Data);
        }
    }
}

/// <summary>Environment variables that an AppHost starts with: the launch profile http, but on free ports.</summary>
internal sealed class AppHostSettings
{
    public AppHostSettings()
    {
        DashboardPort = FreePort.Find();
        OtlpPort = FreePort.Find();
        Variables = new()
        {
            ["DOTNET_LAUNCH_PROFILE"] = "http",
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_URLS"] = Http(DashboardPort),
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = Http(OtlpPort),
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
            ["DcpPublisher__RandomizePorts"] = "true",
        };
    }

    public int DashboardPort { get; }

    public int OtlpPort { get; }

    public Dictionary<string, string?> Variables { get; }

    /// <summary>Changes one variable; null removes it.</summary>
    public AppHostSettings With(string name, string? value)
    {
        Variables[name] = value;
        return this;
    }

    private static string Http(int port) => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}");
}
