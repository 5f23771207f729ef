using ConnectionTracingDemo.Tests.Hosting;
using ConnectionTracingDemo.Tests.Standalone;

namespace ConnectionTracingDemo.Tests.Web;

/// <summary>The site draws bars with the files of the library's page.</summary>
public sealed class TimingBarTests
{
    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task Files_of_the_bar_are_those_of_the_library(string environment)
    {
        await using var web = await BuiltProgram.StartAsync(BuiltProgram.Web, $"environment={environment}");
        using var client = new HttpClient { BaseAddress = web.Url };
        using var visitor = new Visitor(web.Url);

        Assert.Matches(@"href=""/timing-bar\.\w+\.css""", (await visitor.GetAsync("/")).Html);
        foreach (var file in new[] { "timing-bar.js", "timing-bar.css", "format.js" })
        {
            var original = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "ConnectionTracingDemo.ServiceDefaults", "ConnectionTracing", "Page", file));
            Assert.Equal(original, await client.GetStringAsync(new Uri(file, UriKind.Relative)));
        }
    }

    [Theory]
    [InlineData("Development", true)]
    [InlineData("Production", false)]
    public async Task Weather_shows_its_failed_request_in_Development(string environment, bool isShown)
    {
        await using var web = await BuiltProgram.StartWebAsync(new Uri($"http://127.0.0.1:{FreePort.Find()}"), $"environment={environment}", "WeatherApi:MaxWait=00:00:05");
        using var visitor = new Visitor(web.Url);

        var page = await visitor.GetAsync("/weather");

        Assert.Contains("No weather right now", page.Html, StringComparison.Ordinal);
        Assert.Equal(isShown, page.Html.Contains("<timing-bar request=", StringComparison.Ordinal));
        Assert.Equal(isShown, page.Html.Contains("failed: connection_refused", StringComparison.Ordinal));
    }
}
