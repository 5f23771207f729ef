using System.CommandLine;
using ConnectionTracingDemo.Viewer.Commands;

var root = new RootCommand("Shows the HTTP requests of a running .NET process, and where their time went, from outside.")
{
    PsCommand.Create(),
    WatchCommand.Create(),
    ReadCommand.Create(),
};

// Ctrl+C has to leave time for the last events and the totals.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });
