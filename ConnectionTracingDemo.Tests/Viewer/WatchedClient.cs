using System.Runtime.InteropServices;
using ConnectionTracingDemo.Tests.ConnectionTracing;
using ConnectionTracingDemo.Tests.Standalone;

namespace ConnectionTracingDemo.Tests.Viewer;

/// <summary>
/// eng/WatchedClient on a runtime of one's choice. Each time the test opens the gate of its server, the client sends <c>/first</c> and
/// <c>/second</c> over a new connection. It knows nothing of being watched.
/// </summary>
internal sealed class WatchedClient(TestServer server, RunningProgram program) : IAsyncDisposable
{
    /// <summary>Those that are not installed, as versions that NuGet serves.</summary>
    private static readonly string[] Restored = ["8.0.34", "9.0.23", "11.0.0"];

    private static readonly Lazy<Task> Runtimes = new(() => RunningProgram.RunAsync(Path.Combine(Repository.Root, "eng", "dotnet-root.sh"), Restored, Repository.Root));

    private static string Root => Path.Combine(Repository.Root, "artifacts", "dotnet-root");

    public int ProcessId => program.ProcessId;

    /// <summary>Starts it, and waits until it has come to the gate. Skips the test where the runtime cannot be had.</summary>
    /// <param name="runtime">The major version.</param>
    public static async Task<WatchedClient> StartAsync(int runtime, TestServer server)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64, "eng/dotnet-root.sh lays out runtimes for Linux x64 only.");
        try
        {
            await Runtimes.Value;
        }
        catch (InvalidOperationException exception) when (exception.Message.Contains("cannot be restored", StringComparison.Ordinal))
        {
            Assert.Skip(exception.Message);
        }

        // Said here, because the runtime of this test run may be said in the environment.
        var version = Path.GetFileName(Directory.GetDirectories(Path.Combine(Root, "shared", "Microsoft.NETCore.App"), $"{runtime}.*").Order().Last());
        var assembly = Path.Combine(Repository.Root, "eng", "WatchedClient", "bin", BuiltProgram.Configuration, "net8.0", "WatchedClient.dll");
        string[] arguments = ["exec", "--fx-version", version, assembly, $"{server.Address}", TestServer.Certificate.Value.Thumbprint];
        var (program, _) = await RunningProgram.StartAsync(Path.Combine(Root, "dotnet"), arguments, ".", new Dictionary<string, string>(), $"^{runtime}\\.");

        await server.Arrival();
        return new WatchedClient(server, program);
    }

    /// <summary>Lets it send its two requests, and waits until it is back at the gate.</summary>
    public async Task SendTwoAsync()
    {
        server.Open();
        await server.Arrival();
    }

    public ValueTask DisposeAsync() => program.DisposeAsync();
}
