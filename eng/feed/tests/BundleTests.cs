namespace ConnectionTracingDemo.Feed.Tests;

/// <summary>What a build on the stand-ins says where it cannot get DCP and the dashboard.</summary>
public sealed class BundleTests : IDisposable
{
    private readonly DirectoryInfo _empty = Directory.CreateTempSubdirectory("bundle-");

    public BundleTests()
    {
        // The PATH of these builds: MSBuild needs a shell to look for npm with.
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(Path.Combine(_empty.FullName, "sh"), "/bin/sh");
        }
    }

    public void Dispose() => _empty.Delete(recursive: true);

    [Fact]
    public async Task Without_npm_it_says_how_to_get_it() =>
        Assert.Contains("npm was not found", await InstallAsync(), StringComparison.Ordinal);

    [Fact]
    public async Task What_npm_has_to_say_is_told_even_where_only_errors_are_as_in_dotnet_run()
    {
        AddToPath("npm", """[ "$1" = --version ] && exit 0; echo 'E401: who are you?' >&2; exit 1""");

        var output = await InstallAsync("-verbosity:quiet");

        Assert.Contains("npm could not install", output, StringComparison.Ordinal);
        Assert.Contains("E401: who are you?", output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(_empty.FullName, "bundle")));
    }

    [Theory]
    [InlineData("win-x64")]
    [InlineData("osx-arm64")]
    [InlineData("linux-arm64")]
    [InlineData("linux-musl-x64")]
    public async Task On_another_platform_it_says_so(string platform) =>
        Assert.Contains($"for Linux x64 with glibc only; this is {platform}", await InstallAsync($"-p:AspireBundlePlatform={platform}"), StringComparison.Ordinal);

    private void AddToPath(string program, string script)
    {
        var path = Path.Combine(_empty.FullName, program);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    private async Task<string> InstallAsync(params string[] arguments)
    {
        var path = new Dictionary<string, string> { ["PATH"] = _empty.FullName };
        var (exitCode, output) = await DotNet.RunAsync(
            Repository.PathOf("ConnectionTracingDemo.AppHost"),
            path,
            ["msbuild", "-nologo", "-t:InstallAspireBundle", "-p:UseStandIns=true", $"-p:AspireBundleHome={_empty.FullName}/bundle/", .. arguments]);

        Assert.True(exitCode != 0, output);
        Assert.Contains("artifacts/feed.props", output, StringComparison.Ordinal);
        return output;
    }
}
