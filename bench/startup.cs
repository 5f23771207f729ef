// How long from the start of the built AppHost to the first answer of the web frontend, and from SIGTERM to its end.
//
//     dotnet build ConnectionTracingDemo.AppHost && dotnet run bench/startup.cs [-- runs]
//
// Runs the AppHost's program directly, with its https launch profile: `dotnet run` would add its own second to the figure.

using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

var runs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
var appHost = Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "ConnectionTracingDemo.AppHost");
var program = Path.GetFullPath(Path.Combine(appHost, "bin", "Debug", "net10.0", "ConnectionTracingDemo.AppHost"));
if (!File.Exists(program))
{
    Console.Error.WriteLine($"'{program}' does not exist; build it first: dotnet build ConnectionTracingDemo.AppHost");
    return 1;
}

var frontend = ReadProfile("ConnectionTracingDemo.Web").Urls.Split(';')[0];
using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };

Console.WriteLine("first answer  stopped after");
for (var run = 0; run < runs; run++)
{
    var start = new ProcessStartInfo(program) { WorkingDirectory = appHost, RedirectStandardOutput = true };
    var profile = ReadProfile("ConnectionTracingDemo.AppHost");
    start.Environment["ASPNETCORE_URLS"] = profile.Urls;
    start.Environment["DOTNET_LAUNCH_PROFILE"] = "https";
    foreach (var variable in profile.Variables)
    {
        start.Environment[variable.Name] = variable.Value.GetString();
    }

    var clock = Stopwatch.StartNew();
    using var process = Process.Start(start)!;
    process.BeginOutputReadLine();
    while (!await AnswersAsync() && !process.HasExited)
    {
        await Task.Delay(20);
    }

    if (process.HasExited)
    {
        Console.Error.WriteLine($"The AppHost ended with exit code {process.ExitCode}; start it with 'dotnet run --project ConnectionTracingDemo.AppHost' to see why.");
        return 1;
    }

    var answered = clock.Elapsed;
    clock.Restart();
    using (Terminate(process.Id))
    {
        await process.WaitForExitAsync();
    }

    Console.WriteLine($"{answered.TotalSeconds,10:0.00} s {clock.Elapsed.TotalSeconds,12:0.00} s");
}

return 0;

async Task<bool> AnswersAsync()
{
    try
    {
        using var response = await http.GetAsync(frontend);
        return response.IsSuccessStatusCode;
    }
    catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
    {
        return false;
    }
}

static Process Terminate(int processId) =>
    Process.Start("kill", ["-TERM", processId.ToString(CultureInfo.InvariantCulture)]);

(string Urls, JsonElement.ObjectEnumerator Variables) ReadProfile(string project)
{
    var settings = JsonDocument.Parse(File.ReadAllText(Path.Combine(appHost, "..", project, "Properties", "launchSettings.json")));
    var profile = settings.RootElement.GetProperty("profiles").GetProperty("https");
    return (profile.GetProperty("applicationUrl").GetString()!, profile.GetProperty("environmentVariables").EnumerateObject());
}

static string ThisFile([CallerFilePath] string path = "") => path;
