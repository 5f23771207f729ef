using System.Globalization;
using System.Runtime.InteropServices;

namespace Aspire.Hosting.Tests.LifeAndDeath;

/// <summary>One process that a test's AppHost started, however indirectly.</summary>
internal sealed record OwnProcess(int Id, string CommandLine)
{
    public bool Runs(string program) => CommandLine.Contains(program, StringComparison.Ordinal);
}

/// <summary>
/// Finds the processes of one test among those of the machine: they inherit an environment variable that no other process has.
/// </summary>
internal sealed class OwnProcesses
{
    public const string Variable = "LIFE_AND_DEATH_TEST";

    private readonly string _mark = $"{Variable}={Guid.NewGuid():N}";

    public string MarkValue => _mark[(Variable.Length + 1)..];

    public List<OwnProcess> Find()
    {
        var found = new List<OwnProcess>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && IsAlive(id) && IsOurs(id))
            {
                found.Add(new OwnProcess(id, Read(id, "cmdline").Replace('\0', ' ')));
            }
        }

        return found;
    }

    public OwnProcess? Find(string program) => Find().Find(process => process.Runs(program));

    /// <summary>Whether it runs; one that has ended but that its parent has not asked about does not.</summary>
    public static bool IsAlive(int id)
    {
        // The state follows the name, which stands in parentheses and may hold anything.
        var stat = Read(id, "stat");
        return stat.Length > 0 && stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
    }

    public static void Send(PosixSignal signal, int id) => Send((int)signal, id);

    public static void Kill(int id) => Send(9, id);

    /// <summary>Stops a process from doing anything at all, also from ending.</summary>
    public static void Freeze(int id) => Send(19, id);

    private static void Send(int signal, int id)
    {
        // .NET has its own, negative, numbers for the signals that every system has.
        _ = SendSignal(id, signal switch { (int)PosixSignal.SIGINT => 2, (int)PosixSignal.SIGTERM => 15, _ => signal });
    }

    private bool IsOurs(int id) => Read(id, "environ").Split('\0').Contains(_mark);

    private static string Read(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended in the meantime, or is another user's.
            return "";
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int id, int signal);
}
