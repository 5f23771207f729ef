using System.Net;
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

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task Menu_leads_to_Network_where_that_is_mapped(string environment)
    {
        var isMapped = environment == "Development";
        await using var web = await BuiltProgram.StartAsync(BuiltProgram.Web, $"environment={environment}");
        using var visitor = new Visitor(web.Url);

        Assert.Equal(isMapped, (await visitor.GetAsync("/")).Html.Contains("""<a href="/connection-tracing">Network</a>""", StringComparison.Ordinal));
        Assert.Equal(isMapped ? HttpStatusCode.OK : HttpStatusCode.NotFound, (await visitor.GetAsync("/connection-tracing")).Status);
    }

    [Fact]
    public async Task Without_DashboardUrl_the_pages_say_where_to_find_the_dashboard()
    {
        var home = await GetHomeAsync();

        Assert.Contains("Login to the dashboard at", home, StringComparison.Ordinal);
        Assert.DoesNotContain(">Dashboard</a>", home, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://localhost:17180")]
    [InlineData("https://localhost:17180/")]
    [InlineData("https://localhost:17180;http://localhost:15180")]
    public async Task DashboardUrl_is_where_the_pages_link_to(string value)
    {
        var home = await GetHomeAsync($"ConnectionTracing:Page:DashboardUrl={value}");

        Assert.Contains("""<a href="https://localhost:17180/">Dashboard</a>""", home, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DashboardUrl_may_be_the_address_from_the_console_token_included()
    {
        var home = await GetHomeAsync("ConnectionTracing:Page:DashboardUrl=https://localhost:17180/login?t=0123abc");

        Assert.Contains("""<a href="https://localhost:17180/login?t=0123abc">Dashboard</a>""", home, StringComparison.Ordinal);
    }

    private static async Task<string> GetHomeAsync(params string[] settings)
    {
        await using var web = await BuiltProgram.StartAsync(BuiltProgram.Web, ["environment=Production", .. settings]);
        using var visitor = new Visitor(web.Url);
        return (await visitor.GetAsync("/")).Html;
    }
}
