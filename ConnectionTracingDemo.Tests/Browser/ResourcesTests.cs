using System.Text.RegularExpressions;
using ConnectionTracingDemo.Tests.EndToEnd;
using ConnectionTracingDemo.Tests.Hosting;
using Microsoft.Playwright;

namespace ConnectionTracingDemo.Tests.Browser;

/// <summary>The dashboard's Resources page: what there is, how it is, and the buttons that change it.</summary>
[Collection(SharedDemo.Name)]
public sealed partial class ResourcesTests(DemoApplication demo, BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [BrowserTheory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task The_dashboard_opens_on_the_services_and_what_is_known_of_them(ColorScheme colorScheme)
    {
        var page = await OpenAsync(colorScheme);

        foreach (var (service, url, project) in new[] { (DemoApplication.Api, demo.ApiUrl, "ApiService"), (DemoApplication.Web, demo.WebUrl, "Web") })
        {
            await ExpectStateAsync(page, service, Running());
            await Assertions.Expect(RowOf(page, service)).ToContainTextAsync($"ConnectionTracingDemo.{project}.csproj");
            await Assertions.Expect(RowOf(page, service).GetByRole(AriaRole.Link, new() { Name = url.GetLeftPart(UriPartial.Authority) })).ToBeVisibleAsync();
        }

        await Screenshots.SaveDownToAsync(page, colorScheme == ColorScheme.Dark ? "resources-dark" : "resources", StateOf(page, DemoApplication.Web));

        // Details: what it was started with, and that its health check found it well.
        await RowOf(page, DemoApplication.Web).GetByText(DemoApplication.Web, new() { Exact = true }).ClickAsync();
        foreach (var known in new[] { "Project: webfrontend", "OTEL_SERVICE_NAME", "services__apiservice__https__0", "_/health_200_check" })
        {
            await Assertions.Expect(page.GetByText(known).First).ToBeAttachedAsync();
        }

        await Assertions.Expect(page.GetByText(Healthy())).ToBeVisibleAsync();
        await Screenshots.SaveAsync(page, colorScheme == ColorScheme.Dark ? "resource-dark" : "resource");
    }

    [BrowserFact]
    public async Task A_trace_leads_to_the_service_that_answered()
    {
        var visit = await demo.Visitor.GetNewWeatherAsync();
        await demo.Telemetry.WaitForSpansAsync($"trace {visit.TraceId} of the page", spans => WeatherTrace.Find(spans, visit.TraceId));
        var page = await OpenAsync(ColorScheme.Light);

        await page.GotoAsync(new Uri(demo.DashboardUrl, $"/traces/detail/{visit.TraceId}").AbsoluteUri);
        await page.GetByText("GET /weatherforecast").First.ClickAsync();
        await page.GetByRole(AriaRole.Row, new() { NameRegex = ServiceName() }).GetByRole(AriaRole.Button, new() { Name = DemoApplication.Api, Exact = true }).ClickAsync();

        await Assertions.Expect(page.GetByText($"Project: {DemoApplication.Api}").First).ToBeVisibleAsync();
        await Screenshots.SaveAsync(page, "resource-of-a-trace");
    }

    [BrowserFact]
    public async Task Buttons_stop_start_and_restart_a_service_and_its_console_goes_on()
    {
        var page = await OpenAsync(ColorScheme.Light);
        var console = await page.Context.NewPageAsync();
        await console.GotoAsync(new Uri(demo.DashboardUrl, $"/consolelogs/resource/{DemoApplication.Api}").AbsoluteUri);
        var starts = console.GetByText("Application started.");
        var ends = console.GetByText("Application is shutting down...");
        await Assertions.Expect(starts.First).ToBeVisibleAsync();
        var (startsBefore, endsBefore) = (await starts.CountAsync(), await ends.CountAsync());

        try
        {
            await PressAsync(page, DemoApplication.Api, Stop());
            await ExpectStateAsync(page, DemoApplication.Api, Ended());
            await Assertions.Expect(ends).ToHaveCountAsync(endsBefore + 1);
            await ExpectWeatherAsync(page, "No weather right now");
            await Screenshots.SaveAsync(page, "resources-stopped");

            await PressAsync(page, DemoApplication.Api, Start());
            await ExpectStateAsync(page, DemoApplication.Api, Running());
            await Assertions.Expect(starts).ToHaveCountAsync(startsBefore + 1);
            await ExpectWeatherAsync(page, "Weather");

            await PressAsync(page, DemoApplication.Api, Restart());
            await Assertions.Expect(starts).ToHaveCountAsync(startsBefore + 2);
            await ExpectStateAsync(page, DemoApplication.Api, Running());
            await ExpectWeatherAsync(page, "Weather");
            await Screenshots.SaveAsync(console, "console");
        }
        finally
        {
            await demo.EnsureRunningAsync(DemoApplication.Api);
        }
    }

    [BrowserFact]
    public async Task A_crash_is_shown_with_its_exit_code_and_the_rest_lives_on()
    {
        var page = await OpenAsync(ColorScheme.Light);
        await ExpectStateAsync(page, DemoApplication.Api, Running());

        try
        {
            var exitCode = await demo.CrashAsync(DemoApplication.Api);

            await ExpectStateAsync(page, DemoApplication.Api, Ended());
            await Assertions.Expect(RowOf(page, DemoApplication.Api).GetByTitle(new Regex($"exit code {exitCode}", RegexOptions.IgnoreCase)).First).ToBeVisibleAsync();
            await ExpectStateAsync(page, DemoApplication.Web, Running());
            await Screenshots.SaveAsync(page, "resources-crashed");

            await PressAsync(page, DemoApplication.Api, Start());
            await ExpectStateAsync(page, DemoApplication.Api, Running());
            await ExpectWeatherAsync(page, "Weather");
        }
        finally
        {
            await demo.EnsureRunningAsync(DemoApplication.Api);
        }
    }

    /// <summary>Logs in as the link in the AppHost's console does.</summary>
    private async Task<IPage> OpenAsync(ColorScheme colorScheme)
    {
        var page = await browser.OpenPageAsync(1400, colorScheme);
        await page.GotoAsync(new Uri(demo.DashboardUrl, $"/login?t={DemoApplication.BrowserToken}").AbsoluteUri);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Resources" }).First).ToBeVisibleAsync();
        Assert.Equal("/", new Uri(page.Url).AbsolutePath);
        return page;
    }

    private static ILocator RowOf(IPage page, string service) => page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex($"^Project: {service} ") });

    private static Task PressAsync(IPage page, string service, Regex button) => RowOf(page, service).GetByRole(AriaRole.Button, new() { NameRegex = button }).ClickAsync();

    private static ILocator StateOf(IPage page, string service) => RowOf(page, service).GetByRole(AriaRole.Gridcell).Nth(1);

    private static Task ExpectStateAsync(IPage page, string service, Regex state) => Assertions.Expect(StateOf(page, service)).ToHaveTextAsync(state);

    /// <summary>What a visitor of the site sees.</summary>
    private async Task ExpectWeatherAsync(IPage page, string heading)
    {
        var site = await page.Context.NewPageAsync();
        await site.GotoAsync(new Uri(demo.WebUrl, demo.Visitor.NewWeatherAddress()).AbsoluteUri);
        await Assertions.Expect(site.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(heading);
        await site.CloseAsync();
    }

    // Nothing behind it, such as "(Unhealthy)".
    [GeneratedRegex(@"^\s*Running\s*$")]
    private static partial Regex Running();

    [GeneratedRegex(@"^\s*(Finished|Exited)\b")]
    private static partial Regex Ended();

    [GeneratedRegex(@"^Healthy\b")]
    private static partial Regex Healthy();

    [GeneratedRegex(@"^service\.name\b")]
    private static partial Regex ServiceName();

    [GeneratedRegex("^Stop")]
    private static partial Regex Stop();

    [GeneratedRegex("^Start")]
    private static partial Regex Start();

    [GeneratedRegex("^Restart")]
    private static partial Regex Restart();
}
