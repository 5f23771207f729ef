using System.CommandLine;
using ConnectionTracingDemo.Viewer.Output;
using ConnectionTracingDemo.Viewer.Sources;

namespace ConnectionTracingDemo.Viewer.Commands;

/// <summary>Lists the processes that can be watched.</summary>
internal static class PsCommand
{
    public static Command Create()
    {
        var command = new Command("ps", "Lists the .NET processes that can be watched");
        command.SetAction(_ => Run(Console.Out, Console.Error));
        return command;
    }

    private static int Run(TextWriter output, TextWriter messages)
    {
        var processes = DotNetProcess.FindAll();
        if (processes.Count == 0)
        {
            messages.WriteLine("No .NET process is running that this user may watch.");
            return 1;
        }

        output.WriteLine($"{"pid",8} {"name",-32} command line");
        foreach (var process in processes)
        {
            output.WriteLine($"{process.Id,8} {Printable.Cut(process.Name, 32),-32} {Printable.Cut(process.CommandLine, 160)}".TrimEnd());
        }

        return 0;
    }
}
