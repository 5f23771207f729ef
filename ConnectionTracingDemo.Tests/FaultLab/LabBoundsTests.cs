using System.Net;
using System.Net.Http.Json;
using ConnectionTracing;
using ConnectionTracingDemo.Tests.ConnectionTracing;
using ConnectionTracingDemo.Tests.Hosting;
using ConnectionTracingDemo.Tests.Standalone;

namespace ConnectionTracingDemo.Tests.FaultLab;

/// <summary>A run is bounded, and where it cannot take place the lab says why.</summary>
public sealed class LabBoundsTests
{
    [Fact]
    public async Task Without_apiservice_the_card_says_so_and_the_page_is_whole()
    {
        await using var web = await BuiltProgram.StartWebAsync(new Uri($"http://127.0.0.1:{FreePort.Find()}"));
        using var lab = new LabVisitor(web.Url);

        var (status, detail) = await lab.FailToRunAsync("refused-port");
        var (_, form) = await lab.GetPageAsync();
        var page = await lab.SubmitAsync(form, "run-refused-port");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("apiservice could not be reached", detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.Contains("apiservice could not be reached", page.Html, StringComparison.Ordinal);
        Assert.Contains("role=\"alert\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("id=\"cancelled-request\"", page.Html, StringComparison.Ordinal);
        Assert.EndsWith("</html>", page.Html.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_apiservice_that_is_not_in_Development_has_no_fault_servers()
    {
        await using var api = await BuiltProgram.StartAsync(BuiltProgram.Api, "environment=Production");
        await using var web = await BuiltProgram.StartWebAsync(api.Url);
        using var lab = new LabVisitor(web.Url);

        var (status, detail) = await lab.FailToRunAsync("refused-port");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("in Development only", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_ends_at_TimeLimit()
    {
        await using var api = await BuiltProgram.StartAsync(BuiltProgram.Api, "Faults:MaxServers=1");
        await using var web = await BuiltProgram.StartWebAsync(api.Url, "FaultLab:TimeLimit=00:00:02");
        using var lab = new LabVisitor(web.Url);

        // What both processes do once, at their first request, can take a busy machine longer than TimeLimit, and longer than Weather waits.
        using (var client = new HttpClient { BaseAddress = web.Url })
        using (var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1)))
        {
            HttpStatusCode weather;
            do
            {
                using var page = await client.GetAsync("/weather", timeout.Token);
                weather = page.StatusCode;
            }
            while (weather == HttpStatusCode.ServiceUnavailable);

            Assert.Equal(HttpStatusCode.OK, weather);
        }

        // Its server takes 3 s. The second time shows that the first run has left none behind.
        for (var i = 0; i < 2; i++)
        {
            var (status, detail) = await lab.FailToRunAsync("slow-headers");

            Assert.Equal(HttpStatusCode.GatewayTimeout, status);
            Assert.Contains("longer than 2 s", detail, StringComparison.Ordinal);
            Assert.Contains("FaultLab:TimeLimit", detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_run_sends_no_more_than_MaxRequests()
    {
        await using var api = await BuiltProgram.StartAsync(BuiltProgram.Api);
        await using var web = await BuiltProgram.StartWebAsync(api.Url, "FaultLab:MaxRequests=3");
        using var lab = new LabVisitor(web.Url);

        var (status, detail) = await lab.FailToRunAsync("connection-churn");

        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.Contains("FaultLab:MaxRequests", detail, StringComparison.Ordinal);
        using var client = new HttpClient { BaseAddress = web.Url };
        var report = (await client.GetFromJsonAsync<ConnectionTracingReport>("/connection-tracing"))!;
        Assert.Equal(3, report.Requests.Count(request => request.Url.StartsWith("https:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Beyond_MaxRuns_there_is_none_until_one_has_ended()
    {
        await using var api = await BuiltProgram.StartAsync(BuiltProgram.Api);
        await using var web = await BuiltProgram.StartWebAsync(api.Url, "FaultLab:MaxRuns=1");
        using var lab = new LabVisitor(web.Url);

        // It takes three seconds from the moment when its server runs.
        var first = lab.RunAsync("slow-headers");
        await WaitForFaultServerAsync(web.Url, first);
        var (status, detail) = await lab.FailToRunAsync("refused-port");
        await first;

        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.Contains("FaultLab:MaxRuns", detail, StringComparison.Ordinal);
        await lab.RunAsync("refused-port");
    }

    [Fact]
    public async Task Where_apiservice_starts_no_more_servers_the_run_says_what_it_says()
    {
        await using var api = await BuiltProgram.StartAsync(BuiltProgram.Api, "Faults:MaxServers=1");
        await using var web = await BuiltProgram.StartWebAsync(api.Url);
        using var lab = new LabVisitor(web.Url);

        // It wants two.
        var (status, detail) = await lab.FailToRunAsync("http1-against-http2");

        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.Contains("Faults:MaxServers", detail, StringComparison.Ordinal);
        await lab.RunAsync("refused-port");
    }

    [Fact]
    public async Task What_is_wrong_with_a_request_is_said()
    {
        await using var web = await BuiltProgram.StartAsync(BuiltProgram.Web);
        using var lab = new LabVisitor(web.Url);

        var unknown = await lab.FailToRunAsync("earthquake");
        var foreign = await lab.FailToRunAsync("refused-port", ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal(HttpStatusCode.NotFound, unknown.Status);
        Assert.Contains("refused-port", unknown.Detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, foreign.Status);
    }

    [Fact]
    public async Task A_run_in_a_trace_that_is_not_recorded_says_so_instead_of_showing_nothing()
    {
        await using var web = await BuiltProgram.StartAsync(BuiltProgram.Web);
        using var lab = new LabVisitor(web.Url);

        var (status, detail) = await lab.FailToRunAsync("cold-and-warm", ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"));

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("not recorded", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_RequestPhases_the_card_says_what_the_diagnosis_cannot_see()
    {
        await using var api = await BuiltProgram.StartAsync(BuiltProgram.Api);
        await using var web = await BuiltProgram.StartWebAsync(api.Url, "ConnectionTracing:RequestPhases=false");
        using var lab = new LabVisitor(web.Url);

        var (_, form) = await lab.GetPageAsync();
        var page = await lab.SubmitAsync(form, "run-slow-body");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("It found nothing.", page.Html, StringComparison.Ordinal);
        Assert.Contains("ConnectionTracing:RequestPhases", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_apiservice_that_hangs_is_named()
    {
        await using var api = new RawServer((_, stop) => Task.Delay(Timeout.Infinite, stop));
        await using var web = await BuiltProgram.StartWebAsync(new Uri($"http://127.0.0.1:{api.Port}"));
        using var lab = new LabVisitor(web.Url);

        var (status, detail) = await lab.FailToRunAsync("refused-port");

        Assert.Equal(HttpStatusCode.GatewayTimeout, status);
        Assert.Contains("apiservice did not answer", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_of_webfrontend_does_not_wait_for_a_run()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var api = new RawServer((_, stop) =>
        {
            asked.TrySetResult();
            return Task.Delay(Timeout.Infinite, stop);
        });
        await using var web = await BuiltProgram.StartWebAsync(new Uri($"http://127.0.0.1:{api.Port}"));
        using var lab = new LabVisitor(web.Url);

        var run = lab.FailToRunAsync("refused-port");
        await await Task.WhenAny(asked.Task, run);
        var exitCode = await web.TerminateAsync();
        var (status, detail) = await run;

        Assert.Equal(0, exitCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("stopping", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_visitor_who_leaves_takes_the_run_and_its_server_along()
    {
        await using var api = await BuiltProgram.StartAsync(BuiltProgram.Api, "Faults:MaxServers=1");
        await using var web = await BuiltProgram.StartWebAsync(api.Url, "FaultLab:MaxRuns=1");
        using var lab = new LabVisitor(web.Url);

        var left = lab.RunAsync("slow-headers");
        await WaitForFaultServerAsync(web.Url, left);
        lab.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);

        // Before its server would have answered and the run would have ended.
        using var client = new HttpClient { BaseAddress = web.Url };
        HttpStatusCode status;
        do
        {
            using var response = await client.PostAsync("/fault-lab/runs/refused-port", content: null);
            status = response.StatusCode;
        }
        while (status == HttpStatusCode.TooManyRequests);

        Assert.Equal(HttpStatusCode.OK, status);
        var report = (await client.GetFromJsonAsync<ConnectionTracingReport>("/connection-tracing"))!;
        Assert.DoesNotContain(report.Requests, request => request.Url.Contains("/after/3000ms", StringComparison.Ordinal) && request.Status == 200);
    }

    [Fact]
    public async Task With_connection_tracing_off_the_page_offers_to_switch_it_on()
    {
        await using var api = await BuiltProgram.StartAsync(BuiltProgram.Api);
        await using var web = await BuiltProgram.StartWebAsync(api.Url, "ConnectionTracing:Enabled=false");
        using var lab = new LabVisitor(web.Url);

        var (status, detail) = await lab.FailToRunAsync("refused-port");
        var off = await lab.GetPageAsync();
        var on = await lab.SubmitAsync(off.Html, "switch-on");

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("Connection tracing is off", detail, StringComparison.Ordinal);
        Assert.Contains("Connection tracing is off", off.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"refused-port\"", off.Html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, on.Status);
        Assert.Contains("id=\"refused-port\"", on.Html, StringComparison.Ordinal);
        Assert.Single((await lab.RunAsync("refused-port")).Requests);
    }

    [Fact]
    public async Task Outside_Development_the_page_says_why_there_is_none()
    {
        await using var web = await BuiltProgram.StartAsync(BuiltProgram.Web, "environment=Production");
        using var lab = new LabVisitor(web.Url);
        using var client = new HttpClient { BaseAddress = web.Url };

        var (status, html) = await lab.GetPageAsync();
        using var run = await client.PostAsync("/fault-lab/runs/refused-port", content: null);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("ASPNETCORE_ENVIRONMENT=Development", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<button", html, StringComparison.Ordinal);
        Assert.InRange((int)run.StatusCode, 400, 499);
    }

    [Theory]
    [InlineData("FaultLab:MaxRuns=0")]
    [InlineData("FaultLab:MaxRequests=0")]
    [InlineData("FaultLab:TimeLimit=00:00:00")]
    [InlineData("FaultLab:TimeLimit=00:02:00")]
    public async Task A_wrong_setting_stops_the_start_and_the_message_says_what_is_allowed(string setting)
    {
        var end = await Assert.ThrowsAsync<InvalidOperationException>(() => BuiltProgram.RunAsync(BuiltProgram.Web, setting));

        Assert.Contains("FaultLab:MaxRuns has to be a number from 1 to 20", end.Message, StringComparison.Ordinal);
    }

    /// <summary>Waits until a run has been given its server.</summary>
    private static async Task WaitForFaultServerAsync(Uri web, Task run)
    {
        using var client = new HttpClient { BaseAddress = web };
        while (!(await client.GetFromJsonAsync<ConnectionTracingReport>("/connection-tracing"))!.Requests.Any(request => request.Url.Contains("/faults/", StringComparison.Ordinal)))
        {
            Assert.False(run.IsCompleted, "The run was over before it was seen to have begun.");
        }
    }
}
