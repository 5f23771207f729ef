using System.ComponentModel;
using System.Diagnostics;
using ConnectionTracingDemo.Viewer.Output;
using Microsoft.Diagnostics.NETCore.Client;

namespace ConnectionTracingDemo.Viewer.Sources;

/// <summary>A process that can be watched.</summary>
/// <param name="Name">Its program: of <c>dotnet app.dll</c>, app.</param>
internal sealed record DotNetProcess(int Id, string Name, string CommandLine)
{
    /// <summary>Whether Linux keeps what this process says about itself from us; its diagnostics port is closed to us then as well.</summary>
    public bool BelongsToSomebodyElse
    {
        get
        {
            try
            {
                using var _ = OperatingSystem.IsLinux() ? File.OpenRead($"/proc/{Id}/environ") : null;
                return false;
            }
            catch (UnauthorizedAccessException)
            {
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    /// <summary>Those that have a diagnostics port and still live, except this one.</summary>
    public static IReadOnlyList<DotNetProcess> FindAll() =>
        [.. FindPorts().Distinct().Where(id => id != Environment.ProcessId && !IsOfAnother(id, Path.GetTempPath())).Order().Select(Find).OfType<DotNetProcess>()];

    /// <summary>By number or by name.</summary>
    /// <exception cref="ViewerException">There is none, or there are several.</exception>
    public static DotNetProcess Get(string idOrName)
    {
        if (int.TryParse(idOrName, out var id))
        {
            return Find(id) ?? throw new ViewerException($"There is no process {id}. 'connection-viewer ps' lists those that can be watched.");
        }

        var found = FindAll().Where(process => process.Name.Equals(idOrName, StringComparison.OrdinalIgnoreCase)).ToList();
        return found switch
        {
            [var only] => only,
            [] => throw new ViewerException($"There is no .NET process named '{idOrName}'. 'connection-viewer ps' lists those that can be watched."),
            _ => throw new ViewerException($"There are {found.Count} processes named '{idOrName}': {string.Join(", ", found.Select(process => process.Id))}. Name one by its number."),
        };
    }

    private static IEnumerable<int> FindPorts()
    {
        try
        {
            return [.. DiagnosticsClient.GetPublishedProcesses()];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && !OperatingSystem.IsWindows())
        {
            // It gives up at the first process whose environment it may not read, even one that has nothing to do with .NET.
            return FindSockets(Path.GetTempPath());
        }
    }

    /// <summary>Reads names like <c>dotnet-diagnostic-4711-1763740100-socket</c>, https://learn.microsoft.com/dotnet/core/diagnostics/diagnostic-port.</summary>
    internal static IEnumerable<int> FindSockets(string directory) =>
        from path in Directory.EnumerateFiles(directory, "dotnet-diagnostic-*-socket")
        let id = Path.GetFileName(path).Split('-')[2]
        where int.TryParse(id, out _)
        select int.Parse(id);

    /// <summary>
    /// Whether all sockets of this number were left behind by killed processes that had it before: on Linux, the name of a socket says when
    /// its process began.
    /// </summary>
    internal static bool IsOfAnother(int id, string directory)
    {
        try
        {
            if (!OperatingSystem.IsLinux() || Directory.GetFiles(directory, $"dotnet-diagnostic-{id}-*-socket") is not { Length: > 0 } sockets)
            {
                return false;
            }

            // The 22nd field, https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html. The second, a name in brackets, may have spaces.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var began = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
            return !sockets.Any(socket => socket.EndsWith($"-{began}-socket", StringComparison.Ordinal));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended, or does not let itself be asked.
            return false;
        }
    }

    private static DotNetProcess? Find(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            if (IsThread(id))
            {
                return null;
            }

            var arguments = ReadArguments(id);
            return new DotNetProcess(id, NameOf(process.ProcessName, arguments), string.Join(' ', arguments));
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception or IOException)
        {
            // The socket of a process that was killed stays behind.
            return null;
        }
    }

    /// <summary>
    /// Linux numbers threads like processes, and tells of a thread what it tells of its process. A socket that a killed process left behind
    /// may have a number that is a thread's by now.
    /// </summary>
    private static bool IsThread(int id) =>
        OperatingSystem.IsLinux() && !File.ReadLines($"/proc/{id}/status").Contains($"Tgid:\t{id}");

    /// <summary>As it is shown, and as it can be typed.</summary>
    internal static string NameOf(string processName, IReadOnlyList<string> arguments)
    {
        if (processName is not "dotnet")
        {
            return Printable.Text(processName);
        }

        var program = arguments.Skip(1).FirstOrDefault(argument => argument.EndsWith(".dll", StringComparison.OrdinalIgnoreCase));
        return program is null ? processName : Printable.Text(Path.GetFileNameWithoutExtension(program));
    }

    private static string[] ReadArguments(int id)
    {
        try
        {
            // Only Linux tells; elsewhere the process has to be known by the name of its program.
            return OperatingSystem.IsLinux() ? File.ReadAllText($"/proc/{id}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
