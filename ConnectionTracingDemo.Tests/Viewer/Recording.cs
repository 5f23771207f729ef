using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.Diagnostics.NETCore.Client;

namespace ConnectionTracingDemo.Tests.Viewer;

/// <summary>A file as <c>dotnet-trace collect</c> writes it: with stacks, and with the methods that were compiled at its end.</summary>
internal static class Recording
{
    /// <param name="providers">As in the option of dotnet-trace: <c>Name:keywords:level:arguments</c>, several with commas between them.</param>
    public static async Task MakeAsync(int process, string path, string providers, Func<Task> meanwhile)
    {
        var configuration = new EventPipeSessionConfiguration(providers.Split(',').Select(Parse), 256, requestRundown: true, requestStackwalk: true);
        var client = new DiagnosticsClient(process);
        using var session = client.StartEventPipeSession(configuration);

        // .NET 11 answers before it has switched its event sources on, and the next command after that.
        client.GetProcessEnvironment();
        await using var file = File.Create(path);
        var writing = session.EventStream.CopyToAsync(file);

        await meanwhile();

        await session.StopAsync(CancellationToken.None);
        await writing.WaitAsync(TimeSpan.FromMinutes(1));
    }

    private static EventPipeProvider Parse(string provider)
    {
        var parts = provider.Split(':', 4);
        var keywords = parts is [_, { Length: > 2 } hex, ..] ? long.Parse(hex[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture) : -1;
        var arguments = parts is [.., var last] && last.Split('=', 2) is [var key, var value] ? new Dictionary<string, string> { [key] = value.Trim('"') } : null;
        return new EventPipeProvider(parts[0], (EventLevel)int.Parse(parts[2], CultureInfo.InvariantCulture), keywords, arguments);
    }
}
