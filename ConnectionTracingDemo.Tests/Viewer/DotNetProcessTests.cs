extern alias viewer;

using System.Globalization;
using System.Runtime.CompilerServices;
using viewer::ConnectionTracingDemo.Viewer.Sources;

namespace ConnectionTracingDemo.Tests.Viewer;

/// <summary>What counts as a process that can be watched.</summary>
public sealed class DotNetProcessTests
{
    [LinuxFact]
    public void The_number_of_a_thread_is_no_process()
    {
        var thread = Directory.EnumerateDirectories("/proc/self/task").Select(Path.GetFileName).First(id => id != Environment.ProcessId.ToString(CultureInfo.InvariantCulture))!;

        Assert.Throws<ViewerException>(() => DotNetProcess.Get(thread));
        Assert.Equal(Environment.ProcessId, DotNetProcess.Get(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)).Id);
    }

    [LinuxFact]
    public async Task A_socket_that_a_killed_process_left_behind_says_nothing_of_the_process_that_has_its_number_now()
    {
        using var folder = new TempFolder();
        var socket = folder.File($"dotnet-diagnostic-{Environment.ProcessId}-1-socket");
        Assert.False(DotNetProcess.IsOfAnother(Environment.ProcessId, Path.GetDirectoryName(socket)!));

        await File.WriteAllTextAsync(socket, "");
        Assert.True(DotNetProcess.IsOfAnother(Environment.ProcessId, Path.GetDirectoryName(socket)!));

        // The runtime's own is there as well.
        Assert.False(DotNetProcess.IsOfAnother(Environment.ProcessId, Path.GetTempPath()));
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class LinuxFactAttribute : FactAttribute
    {
        public LinuxFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : base(file, line) => Skip = OperatingSystem.IsLinux() ? null : "Linux only: its numbers of threads, its time of a start in the name of the socket.";
    }
}
