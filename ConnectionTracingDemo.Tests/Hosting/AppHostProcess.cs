using System.Security.Cryptography.X509Certificates;
using ConnectionTracingDemo.Tests.Standalone;

namespace ConnectionTracingDemo.Tests.Hosting;

/// <summary>
/// The built AppHost as a process of its own, on free ports and with a home folder of its own. Linux only: it is told from other processes
/// by an environment variable that everything it starts inherits, which /proc shows.
/// </summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    private const string Name = "ConnectionTracingDemo.AppHost";
    private const string Started = "Distributed application started";
    private const string Mark = "APPHOST_TEST";

    /// <summary>How long something that takes seconds may take on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Twice the 20 s that all may take to end on an idle machine; DCP takes up to 11 s after SIGKILL of the AppHost.</summary>
    private static readonly TimeSpan PatienceForTheEnd = TimeSpan.FromSeconds(40);

    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("apphost-home-");
    private RunningProgram? _program;

    private AppHostProcess()
    {
    }

    public string Output => _program?.Output ?? "";

    /// <summary>Starts the AppHost as the launch profile https does, and waits until it has started.</summary>
    /// <param name="withDotNetRun">With <c>dotnet run</c>, which starts the AppHost as its child; otherwise the AppHost alone.</param>
    /// <param name="environment">What differs.</param>
    /// <exception cref="InvalidOperationException">It ended before; the message has what it wrote.</exception>
    public static async Task<AppHostProcess> StartAsync(bool withDotNetRun, params (string Name, string Value)[] environment)
    {
        var appHost = new AppHostProcess();
        Dictionary<string, string> all = new(appHost.Environment)
        {
            ["DOTNET_LAUNCH_PROFILE"] = "https",
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_URLS"] = $"https://localhost:{FreePort.Find()}",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = $"https://localhost:{FreePort.Find()}",
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = $"https://localhost:{FreePort.Find()}",
            ["DcpPublisher__RandomizePorts"] = "true",
        };
        foreach (var (name, value) in environment)
        {
            all[name] = value;
        }

        try
        {
            // The ports of the launch profile are for people.
            (appHost._program, _) = withDotNetRun
                ? await RunningProgram.StartAsync("dotnet", ["run", "--project", Name, "--no-build", "--no-launch-profile"], Repository.Root, all, Started)
                : await RunningProgram.StartAsync(BuiltProgram.PathOf(Name), [], Path.Combine(Repository.Root, Name), all, Started);
            return appHost;
        }
        catch
        {
            await appHost.DisposeAsync();
            throw;
        }
    }

    /// <summary>Nothing has been started yet: for what a command line starts in <see cref="Environment"/>.</summary>
    public static AppHostProcess None() => new();

    /// <summary>The home folder, with the packages of this user, and the mark.</summary>
    public Dictionary<string, string> Environment => new()
    {
        ["HOME"] = _home.FullName,
        ["NUGET_PACKAGES"] = Repository.PackagesFolder,
        // The SDK would make a certificate on its first run there, and trust it no further.
        ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
        ["DOTNET_NOLOGO"] = "true",
        // For what `dotnet run --no-build` and `aspire start --no-build` run.
        ["Configuration"] = BuiltProgram.Configuration,
        [Mark] = _mark,
    };

    /// <summary>Asks the web frontend for the weather until it is there.</summary>
    /// <returns>The address of the web frontend.</returns>
    public async Task<Uri> WaitForWeatherAsync()
    {
        Uri? url = null;
        await WaitAsync("the weather", async () =>
        {
            url = Find().Where(process => process.CommandLine.EndsWith("/ConnectionTracingDemo.Web", StringComparison.Ordinal))
                .Select(process => process.Variables.FirstOrDefault(variable => variable.StartsWith("ASPNETCORE_URLS=", StringComparison.Ordinal))?.Split('=', ';')[1])
                .OfType<string>().Select(address => new Uri(address)).FirstOrDefault();
            if (url is null)
            {
                return false;
            }

            using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = TrustedInHome() } });
            try
            {
                return (await client.GetStringAsync(new Uri(url, $"/weather?{Guid.NewGuid()}"))).Contains("<td>", StringComparison.Ordinal);
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return url!;
    }

    /// <summary>Sends the AppHost a signal, such as TERM or KILL.</summary>
    public Task SignalAsync(string signal) => _program!.SignalAsync(signal);

    /// <summary>Waits until the AppHost and everything that it started have ended.</summary>
    public Task WaitUntilAllHaveEndedAsync() => WaitAsync("the end of every process", () => Task.FromResult(Find().Count == 0), PatienceForTheEnd);

    public async ValueTask DisposeAsync()
    {
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }

        await WaitAsync("the end of killed processes", async () =>
        {
            var left = Find();
            foreach (var process in left)
            {
                await RunningProgram.RunAsync("sh", ["-c", $"kill -KILL {process.Id} || true"], ".");
            }

            return left.Count == 0;
        });

        _home.Delete(recursive: true);
    }

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="what">What that is, in words, for the message of the timeout.</param>
    /// <param name="condition">Asked several times per second.</param>
    /// <param name="patience">Default: two minutes.</param>
    /// <exception cref="TimeoutException">It does not; the message has the processes that run and what the AppHost wrote.</exception>
    public async Task WaitAsync(string what, Func<Task<bool>> condition, TimeSpan? patience = null)
    {
        using var timeout = new CancellationTokenSource(patience ?? Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        try
        {
            while (!await condition())
            {
                await timer.WaitForNextTickAsync(timeout.Token);
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new TimeoutException($"Waited {(patience ?? Patience).TotalSeconds} s for {what}. Running:\n{string.Join('\n', Find().Select(process => process.CommandLine))}\nThe AppHost wrote:\n{Output}");
        }
    }

    private List<(int Id, string CommandLine, string[] Variables)> Find()
    {
        var found = new List<(int, string, string[])>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var id) && Read(folder, "environ") is { Length: > 0 } variables && variables.Split('\0') is var list && list.Contains($"{Mark}={_mark}"))
            {
                found.Add((id, Read(folder, "cmdline").TrimEnd('\0').Replace('\0', ' '), list));
            }
        }

        return found;
    }

    /// <returns>An empty text for a process that has ended in the meantime, waits to be reaped or is of another user.</returns>
    private static string Read(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private X509ChainPolicy TrustedInHome()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        var store = new DirectoryInfo(Path.Combine(_home.FullName, ".dotnet", "corefx", "cryptography", "x509stores", "my"));
        foreach (var file in store.Exists ? store.GetFiles("*.pfx") : [])
        {
            policy.CustomTrustStore.Add(X509CertificateLoader.LoadPkcs12FromFile(file.FullName, password: null));
        }

        return policy;
    }
}
