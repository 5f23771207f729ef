using ConnectionTracingDemo.Tests.Hosting;

namespace ConnectionTracingDemo.Tests.Web;

/// <summary>Settings of the Web project, in a process of its own.</summary>
public sealed class SettingsTests
{
    [Theory]
    [InlineData("00:00:00")]
    [InlineData("-00:00:05")]
    [InlineData("00:01:01")]
    public async Task A_wrong_MaxWait_stops_the_start_and_the_message_says_what_is_allowed(string value)
    {
        await using var web = WebProcess.Start($"WeatherApi:MaxWait={value}");

        await web.WaitForExitAsync();

        Assert.NotEqual(0, web.ExitCode);
        Assert.Contains("WeatherApi:MaxWait has to be a time between 00:00:00.1 and 00:01:00", web.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_DashboardUrl_the_pages_say_where_to_find_the_dashboard()
    {
        await using var web = WebProcess.Start();

        var home = await GetHomeAsync(web);

        Assert.Contains("Login to the dashboard at", home, StringComparison.Ordinal);
        Assert.DoesNotContain(">Dashboard</a>", home, StringComparison.Ordinal);
        Assert.DoesNotContain("DashboardUrl", web.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:17180")]
    [InlineData("ftp://localhost")]
    public async Task A_wrong_DashboardUrl_is_a_warning_and_no_link(string value)
    {
        await using var web = WebProcess.Start($"DashboardUrl={value}");

        var home = await GetHomeAsync(web);

        Assert.DoesNotContain(">Dashboard</a>", home, StringComparison.Ordinal);
        Assert.Contains($"DashboardUrl is '{value}', but has to be an absolute http or https address.", web.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://localhost:17180")]
    [InlineData("https://localhost:17180/")]
    [InlineData("https://localhost:17180;http://localhost:15180")]
    public async Task DashboardUrl_is_where_the_pages_link_to(string value)
    {
        await using var web = WebProcess.Start($"DashboardUrl={value}");

        var home = await GetHomeAsync(web);

        Assert.Contains("""<a href="https://localhost:17180/">Dashboard</a>""", home, StringComparison.Ordinal);
    }

    private static async Task<string> GetHomeAsync(WebProcess web)
    {
        using var visitor = new Visitor(await web.WaitForAddressAsync());
        return (await visitor.GetAsync("/")).Html;
    }
}
