using System.Text.Json.Nodes;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Page;

/// <summary>The HAR file of a service that shows others.</summary>
[Collection(NetworkSources.Name)]
public sealed class HarServicesTests
{
    private const string Har = $"{PageSite.Path}/requests.har";

    [Fact]
    public async Task File_has_the_requests_of_all_services_although_they_name_each_other()
    {
        await using var server = await TestServer.StartAsync();
        var (portA, portB) = (Hosting.FreePort.Find(), Hosting.FreePort.Find());
        await using var a = await StartAsync("a", portA, "b", portB);
        await using var b = await StartAsync("b", portB, "a", portA);
        using var client = new HttpClient();
        await client.GetStringAsync(new Uri(server.Address, "/once"));

        var log = await ReadAsync(a, Har);

        // Both hosts trace this process: each remembers the request.
        Assert.Equal(["a", "b"], ServicesOf(log));
        Assert.Equal(["a", "b"], log["pages"]!.AsArray().Select(page => page!["id"]!.GetValue<string>()).Order());
        Assert.Null(log["comment"]);
        Assert.Equal(["a"], ServicesOf(await ReadAsync(a, $"{Har}?own")));
    }

    [Fact]
    public async Task Service_that_does_not_answer_is_named_in_the_comment()
    {
        await using var server = await TestServer.StartAsync();
        await using var site = await StartAsync("a", Hosting.FreePort.Find(), "gone", Hosting.FreePort.Find());
        using var client = new HttpClient();
        await client.GetStringAsync(new Uri(server.Address, "/once"));

        var log = await ReadAsync(site, Har);

        Assert.Equal(["a"], ServicesOf(log));
        Assert.Equal("The requests of gone are missing. gone cannot be reached. Is it running?", log["comment"]!.GetValue<string>());
    }

    [Fact]
    public async Task Outside_Development_the_file_has_only_the_own_requests()
    {
        await using var server = await TestServer.StartAsync();
        await using var site = await StartAsync("a", Hosting.FreePort.Find(), "gone", Hosting.FreePort.Find(), "Production");
        using var client = new HttpClient();
        await client.GetStringAsync(new Uri(server.Address, "/once"));

        var log = await ReadAsync(site, Har);

        Assert.Equal(["a"], ServicesOf(log));
        Assert.Null(log["comment"]);
    }

    private static Task<PageSite> StartAsync(string name, int port, string other, int otherPort, string environment = "Development")
    {
        var settings = PageSite.With(other, new Uri($"http://127.0.0.1:{otherPort}"));
        settings["OTEL_SERVICE_NAME"] = name;
        settings["URLS"] = $"http://127.0.0.1:{port}";
        return PageSite.StartAsync(settings, environment);
    }

    private static async Task<JsonNode> ReadAsync(PageSite site, string path)
    {
        using var response = await site.GetAsync(path);
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!["log"]!;
    }

    private static IEnumerable<string> ServicesOf(JsonNode log) =>
        log["entries"]!.AsArray().Where(entry => entry!["request"]!["url"]!.GetValue<string>().EndsWith("/once", StringComparison.Ordinal)).Select(entry => entry!["_service"]!.GetValue<string>()).Distinct().Order();
}
