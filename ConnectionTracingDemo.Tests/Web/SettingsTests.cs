using ConnectionTracingDemo.Tests.Hosting;
using ConnectionTracingDemo.Tests.Standalone;

namespace ConnectionTracingDemo.Tests.Web;

/// <summary>Settings of the Web project.</summary>
public sealed class SettingsTests
{
    [Theory]
    [InlineData("00:00:00")]
    [InlineData("-00:00:05")]
    [InlineData("00:01:01")]
    public async Task A_wrong_MaxWait_stops_the_start_and_the_message_says_what_is_allowed(string value)
    {
        var end = await Assert.ThrowsAsync<InvalidOperationException>(() => BuiltProgram.RunAsync(BuiltProgram.Web, "environment=Production", $"WeatherApi:MaxWait={value}"));

        Assert.Contains("WeatherApi:MaxWait has to be a time between 00:00:00.1 and 00:01:00", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_DashboardUrl_the_pages_say_where_to_find_the_dashboard()
    {
        var (home, output) = await GetHomeAsync();

        Assert.Contains("Login to the dashboard at", home, StringComparison.Ordinal);
        Assert.DoesNotContain(">Dashboard</a>", home, StringComparison.Ordinal);
        Assert.DoesNotContain("DashboardUrl", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:17180")]
    [InlineData("ftp://localhost")]
    public async Task A_wrong_DashboardUrl_is_a_warning_and_no_link(string value)
    {
        var (home, output) = await GetHomeAsync($"DashboardUrl={value}");

        Assert.DoesNotContain(">Dashboard</a>", home, StringComparison.Ordinal);
        Assert.Contains($"DashboardUrl is '{value}', but has to be an absolute http or https address.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://localhost:17180")]
    [InlineData("https://localhost:17180/")]
    [InlineData("https://localhost:17180;http://localhost:15180")]
    public async Task DashboardUrl_is_where_the_pages_link_to(string value)
    {
        var (home, _) = await GetHomeAsync($"DashboardUrl={value}");

        Assert.Contains("""<a href="https://localhost:17180/">Dashboard</a>""", home, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DashboardUrl_may_be_the_address_from_the_console_token_included()
    {
        var (home, _) = await GetHomeAsync("DashboardUrl=https://localhost:17180/login?t=0123abc");

        Assert.Contains("""<a href="https://localhost:17180/login?t=0123abc">Dashboard</a>""", home, StringComparison.Ordinal);
    }

    /// <returns>The start page, and all that the program wrote until it ended.</returns>
    private static async Task<(string Home, string Output)> GetHomeAsync(params string[] settings)
    {
        await using var web = await BuiltProgram.StartAsync(BuiltProgram.Web, ["environment=Production", .. settings]);
        using var visitor = new Visitor(web.Url);
        var home = await visitor.GetAsync("/");

        await web.TerminateAsync();
        return (home.Html, web.Output);
    }
}
