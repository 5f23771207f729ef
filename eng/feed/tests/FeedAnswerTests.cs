using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Xml.Linq;

namespace ConnectionTracingDemo.Feed.Tests;

/// <summary>What the first restore in a fresh clone learns from the feed, and keeps.</summary>
public sealed class FeedAnswerTests
{
    [Theory]
    [InlineData("src/Small.csproj")]
    [InlineData("Small.slnx")]
    public async Task A_feed_that_lacks_a_package_means_stand_ins(string target)
    {
        using var clone = new FreshClone();
        AddAll(clone, except: "OpenTelemetry.Extensions.Hosting");

        var (exitCode, output) = await clone.RestoreAsync(target);

        Assert.True(exitCode == 0, output);
        Assert.Equal("true", clone.Answer);
        Assert.Contains("building on the stand-ins", output, StringComparison.Ordinal);
        Assert.Empty(clone.Leftovers);
    }

    [Fact]
    public async Task A_feed_that_has_a_package_in_another_version_only_means_stand_ins()
    {
        using var clone = new FreshClone();
        AddAll(clone, except: "Aspire.Hosting.Testing");
        clone.AddToFeed("Aspire.Hosting.Testing", "9.0.0");

        var (exitCode, output) = await clone.RestoreAsync("src/Small.csproj");

        Assert.True(exitCode == 0, output);
        Assert.Equal("true", clone.Answer);
    }

    [Fact]
    public async Task A_feed_that_has_everything_means_the_real_packages()
    {
        using var clone = new FreshClone();
        AddAll(clone);

        var (exitCode, output) = await clone.RestoreAsync("src/Small.csproj");

        Assert.True(exitCode == 0, output);
        Assert.Equal("false", clone.Answer);
        Assert.Contains("building on the real packages", output, StringComparison.Ordinal);
        Assert.Empty(clone.Leftovers);
    }

    [Fact]
    public async Task A_feed_that_cannot_be_reached_is_no_answer()
    {
        using var clone = new FreshClone(UnreachableFeed());

        var (exitCode, output) = await clone.RestoreAsync("src/Small.csproj");

        Assert.NotEqual(0, exitCode);
        Assert.Null(clone.Answer);
        Assert.Contains("The NuGet feed did not say whether it carries the packages of this solution", output, StringComparison.Ordinal);
        Assert.Contains("-p:UseStandIns=true", output, StringComparison.Ordinal);
        Assert.Contains("NU1301", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task The_user_can_decide_and_nobody_is_asked(string decision)
    {
        using var clone = new FreshClone(UnreachableFeed());

        var (exitCode, output) = await clone.RestoreAsync("src/Small.csproj", $"-p:UseStandIns={decision}");

        Assert.True(exitCode == 0, output);
        Assert.Null(clone.Answer);
    }

    [Fact]
    public async Task The_answer_holds_until_the_question_changes()
    {
        using var clone = new FreshClone();
        clone.Write("artifacts/feed.props", "<Project><PropertyGroup><UseStandIns>false</UseStandIns></PropertyGroup></Project>");

        // The feed is empty, and yet the answer stays, because nobody asks.
        File.SetLastWriteTimeUtc(clone.ProbeFile, File.GetLastWriteTimeUtc(clone.AnswerFile));
        var (exitCode, output) = await clone.RestoreAsync("src/Small.csproj");
        Assert.True(exitCode == 0, output);
        Assert.Equal("false", clone.Answer);

        File.SetLastWriteTimeUtc(clone.AnswerFile, File.GetLastWriteTimeUtc(clone.ProbeFile).AddMinutes(-1));
        (exitCode, output) = await clone.RestoreAsync("src/Small.csproj");
        Assert.True(exitCode == 0, output);
        Assert.Equal("true", clone.Answer);

        // The same answer to a new question is as new as that.
        File.SetLastWriteTimeUtc(clone.AnswerFile, File.GetLastWriteTimeUtc(clone.ProbeFile).AddMinutes(-1));
        (exitCode, output) = await clone.RestoreAsync("src/Small.csproj");
        Assert.True(exitCode == 0, output);
        Assert.True(File.GetLastWriteTimeUtc(clone.AnswerFile) >= File.GetLastWriteTimeUtc(clone.ProbeFile));
    }

    [Fact]
    public async Task An_answer_holds_where_the_clock_is_behind_the_question()
    {
        using var clone = new FreshClone();
        clone.Write("src/Small.csproj", SmallProjectWith("Small.Package"));
        clone.Write("eng/standins/Small.Package/Small.Package.csproj", SmallProjectWith(null));
        File.SetLastWriteTimeUtc(clone.ProbeFile, DateTime.UtcNow.AddHours(8));

        var (exitCode, output) = await clone.RestoreAsync("src/Small.csproj");

        Assert.True(exitCode == 0, output);
        Assert.Equal("true", clone.Answer);
        (exitCode, output) = await clone.RestoreAsync("src/Small.csproj");
        Assert.True(exitCode == 0, output);
        Assert.DoesNotContain("Asking the NuGet feed", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a folder ")]
    [InlineData("Zoë's #1 (new) ")]
    public async Task Stand_ins_are_found_whatever_the_folder_is_called(string name)
    {
        using var clone = new FreshClone(name: name);
        clone.Write("src/Small.csproj", SmallProjectWith("Small.Package"));
        clone.Write("eng/standins/Small.Package/Small.Package.csproj", SmallProjectWith(null));

        var (exitCode, output) = await clone.RestoreAsync("src/Small.csproj");

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task Two_builds_can_ask_at_the_same_time()
    {
        using var clone = new FreshClone();
        clone.Write("other/Other.csproj", """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>""");

        var results = await Task.WhenAll(clone.RestoreAsync("src/Small.csproj"), clone.RestoreAsync("other/Other.csproj"));

        Assert.All(results, result => Assert.True(result.ExitCode == 0, result.Output));
        Assert.Equal("true", clone.Answer);
        Assert.Empty(clone.Leftovers);
    }

    private static string SmallProjectWith(string? package) =>
        $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
          <ItemGroup>{(package is null ? "" : $"""<PackageReference Include="{package}" Version="1.0.0" />""")}</ItemGroup>
        </Project>
        """;

    /// <summary>A port that nobody listens on.</summary>
    private static string UnreachableFeed()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}/v3/index.json");
    }

    private static void AddAll(FreshClone clone, string? except = null)
    {
        var platform = AppContext.GetData("RUNTIME_IDENTIFIER") as string ?? System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier;
        foreach (var item in XDocument.Load(clone.ProbeFile).Descendants().Where(element => element.Name.LocalName is "PackageReference" or "PackageDownload"))
        {
            var id = item.Attribute("Include")!.Value.Replace("$(NETCoreSdkPortableRuntimeIdentifier)", platform, StringComparison.Ordinal);
            if (id != except)
            {
                clone.AddToFeed(id, item.Attribute("Version")!.Value.Trim('[', ']'));
            }
        }
    }
}
