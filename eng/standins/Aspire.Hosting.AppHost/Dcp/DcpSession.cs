using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace Aspire.Hosting.Dcp;

/// <summary>
/// A running DCP of our own and the folder it works in. DCP leaves the terminal's process group, so that Ctrl+C reaches only the AppHost,
/// and watches the AppHost: when that is gone, even by SIGKILL, it stops everything and itself.
/// </summary>
internal sealed partial class DcpSession : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1.5);

    // What the AppHost was told about itself would only confuse the services, which inherit DCP's environment.
    private static readonly string[] NotForServices =
        ["ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE", "ASPIRE_LOGLEVEL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"];

    // They are given the development certificate. One of the user's own, as in a dev container, and its password would be mixed up with it.
    private const string OwnCertificate = "Kestrel__Certificates__Default__";

    private readonly DirectoryInfo _folder;
    private readonly X509Certificate2 _certificate;

    private DcpSession(DirectoryInfo folder, X509Certificate2 certificate, DcpClient client)
    {
        _folder = folder;
        _certificate = certificate;
        Client = client;
    }

    public DcpClient Client { get; }

    /// <summary>Readable by this user only; DCP deletes it when it ends.</summary>
    public string Folder => _folder.FullName;

    /// <exception cref="DistributedApplicationException">DCP cannot be started; the message says why.</exception>
    public static async Task<DcpSession> StartAsync(string dcpPath, CancellationToken cancellationToken)
    {
        if (!File.Exists(dcpPath))
        {
            throw new DistributedApplicationException($"DCP, which runs the services, was not found at '{dcpPath}'. Build the AppHost again to install it, or set ASPIRE_DCP_PATH to the folder that holds it.");
        }

        var folder = CreateFolder();
        var kubeconfig = Path.Combine(folder.FullName, "kubeconfig");
        var certificate = CreateServerCertificate();
        DcpClient? client = null;
        try
        {
            await LaunchAsync(dcpPath, folder.FullName, kubeconfig, certificate).ConfigureAwait(false);

            // DCP puts the whole file in its place at once.
            var written = await Poll.UntilAsync(
                _ => Task.FromResult(HasEnded() || new FileInfo(kubeconfig) is { Exists: true, Length: > 0 }), StartTimeout, cancellationToken).ConfigureAwait(false);
            if (HasEnded())
            {
                throw new DistributedApplicationException(
                    $"DCP, which runs the services, ended as soon as it was started. It needs a folder that it can write to, '.dcp' in the folder that HOME names, which is '{Environment.GetEnvironmentVariable("HOME")}'. Set HOME to a folder of yours, or run '{dcpPath} start-apiserver' to see what it says.");
            }

            if (!written)
            {
                throw new DistributedApplicationException($"DCP did not start within {StartTimeout.TotalSeconds:0} s: '{dcpPath}' wrote no '{kubeconfig}'. Is the machine out of memory or disk space?");
            }

            var settings = await File.ReadAllTextAsync(kubeconfig, cancellationToken).ConfigureAwait(false);
            client = new DcpClient(new Uri(ServerLine().Match(settings).Groups[1].Value), TokenLine().Match(settings).Groups[1].Value, certificate);
            if (!await Poll.UntilAsync(client.IsReadyAsync, StartTimeout, cancellationToken).ConfigureAwait(false))
            {
                throw new DistributedApplicationException($"DCP started and did not answer within {StartTimeout.TotalSeconds:0} s. Start the AppHost again; if it happens often, look for the reason in the system log (out of memory?).");
            }

            return new DcpSession(folder, certificate, client);

            // It deletes its folder then.
            bool HasEnded() => !Directory.Exists(folder.FullName);
        }
        catch
        {
            client?.Dispose();
            // Where the start was only cancelled, DCP is coming up all the same, and it watches a process that may live on.
            KillAll(folder.FullName);
            certificate.Dispose();
            Delete(folder);
            throw;
        }
    }

    private static DirectoryInfo CreateFolder()
    {
        try
        {
            return Directory.CreateTempSubdirectory("aspire-");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"DCP, which runs the services, works in a folder in '{Path.GetTempPath()}', and none could be made there. Set TMPDIR to a folder that you can write to, or make room there.", exception);
        }
    }

    /// <summary>Ends DCP and waits until it is gone, so that the next start finds every port free.</summary>
    public async ValueTask DisposeAsync()
    {
        using var timeout = new CancellationTokenSource(StopTimeout);
        try
        {
            // DCP is quicker when there is nothing left for it to clean up, and it closes the ports of the services at once.
            await Client.DeleteAllAsync(timeout.Token).ConfigureAwait(false);
            await Client.ShutDownAsync(timeout.Token).ConfigureAwait(false);
            await Poll.UntilAsync(_ => Task.FromResult(!IsServing()), timeout.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // It is gone already, or does not answer; in either case there is nothing left to ask it for.
        }

        // What remains is its second process, which would take two more seconds to notice that the first has gone.
        KillAll(Folder);
        Client.Dispose();
        _certificate.Dispose();
        Delete(_folder);
    }

    private bool IsServing() => FindProcesses(Folder).Exists(process => process.CommandLine.Contains("start-apiserver", StringComparison.Ordinal));

    private static void KillAll(string folder)
    {
        foreach (var (id, _) in FindProcesses(folder))
        {
            try
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
            }
            catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
            {
                // It has ended in the meantime.
            }
        }
    }

    /// <summary>The processes of this DCP: each of them was told where its kubeconfig is. It tells nobody their ids.</summary>
    private static List<(int Id, string CommandLine)> FindProcesses(string folder)
    {
        var found = new List<(int Id, string CommandLine)>();
        foreach (var process in Process.GetProcessesByName("dcp"))
        {
            using (process)
            {
                try
                {
                    var commandLine = File.ReadAllText($"/proc/{process.Id}/cmdline");
                    if (commandLine.Contains($"{folder}/", StringComparison.Ordinal))
                    {
                        found.Add((process.Id, commandLine));
                    }
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    // It has ended in the meantime, or is another user's.
                }
            }
        }

        return found;
    }

    private static bool IsNotForServices(string variable) => NotForServices.Contains(variable) || variable.Contains(OwnCertificate, StringComparison.OrdinalIgnoreCase);

    private static Process StartProcess(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new DistributedApplicationException($"DCP, which runs the services, could not be started: {exception.Message}. Delete its folder and build the AppHost again to install it anew.", exception);
        }
    }

    private static async Task LaunchAsync(string dcpPath, string folder, string kubeconfig, X509Certificate2 certificate)
    {
        var certificateFile = Path.Combine(folder, "dcp.crt");
        var keyFile = Path.Combine(folder, "dcp.key");
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem()).ConfigureAwait(false);
        using (var key = certificate.GetECDsaPrivateKey()!)
        {
            await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem()).ConfigureAwait(false);
        }

        var start = new ProcessStartInfo(dcpPath)
        {
            ArgumentList =
            {
                "start-apiserver", "--detach", "-v=error",
                "--monitor", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), "-i", "1",
                "--kubeconfig", kubeconfig, "--tls-cert-file", certificateFile, "--tls-key-file", keyFile,
            },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["DCP_SESSION_FOLDER"] = folder;
        foreach (var name in start.Environment.Keys.Where(IsNotForServices).ToList())
        {
            start.Environment.Remove(name);
        }

        // With --detach this process only forks the real one and ends.
        using var process = StartProcess(start);
        await process.WaitForExitAsync().ConfigureAwait(false);
        if (process.ExitCode != 0)
        {
            var error = await process.StandardError.ReadToEndAsync().ConfigureAwait(false);
            throw new DistributedApplicationException($"DCP could not be started: '{dcpPath}' ended with exit code {process.ExitCode}. {error.Trim()}");
        }
    }

    /// <summary>DCP would make an RSA certificate, which alone takes it one to three seconds.</summary>
    private static X509Certificate2 CreateServerCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=dcp", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddMinutes(-5), now.AddYears(1));
    }

    private static void Delete(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // DCP deletes the same folder at the same time, and either of the two is enough.
        }
    }

    [GeneratedRegex(@"server:\s*(\S+)")]
    private static partial Regex ServerLine();

    [GeneratedRegex(@"token:\s*(\S+)")]
    private static partial Regex TokenLine();
}
