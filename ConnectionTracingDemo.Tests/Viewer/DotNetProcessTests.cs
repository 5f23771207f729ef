using System.Globalization;
using ConnectionTracingDemo.Viewer.Sources;

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

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class LinuxFactAttribute : FactAttribute
    {
        public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "Only Linux numbers threads like processes.";
    }
}
