using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ConnectionTracing;
using ConnectionTracing.Endpoint;
using ConnectionTracingDemo.Tests.Standalone;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Page;

/// <summary>The figures and settings in docs/network.md are those of the code.</summary>
public sealed class NetworkDocumentTests
{
    private const string Document = "docs/network.md";
    private const string Library = "ConnectionTracingDemo.ServiceDefaults/ConnectionTracing";

    [Theory]
    [InlineData("requests in the page", "store.js", "MAX_REQUESTS")]
    [InlineData("connections in the page", "store.js", "MAX_CONNECTIONS")]
    [InlineData("findings in the page", "store.js", "MAX_FINDINGS")]
    [InlineData("lanes", "lanes.js", "MAX_LANES")]
    public async Task Bounds_of_the_page_are_those_of_its_modules(string what, string module, string constant) =>
        Assert.Contains($"| {what} | {await BoundAsync(module, constant)} |", await ReadAsync(Document), StringComparison.Ordinal);

    [Fact]
    public async Task Bounds_in_the_README_of_the_library_are_those_of_the_page() => Assert.Contains(
        $"{await BoundAsync("store.js", "MAX_REQUESTS")} requests, {await BoundAsync("store.js", "MAX_CONNECTIONS")} connections and {await BoundAsync("store.js", "MAX_FINDINGS")} findings",
        await ReadAsync($"{Library}/README.md"),
        StringComparison.Ordinal);

    [Fact]
    public async Task Bounds_of_a_service_are_those_of_the_library()
    {
        var text = await ReadAsync(Document);

        Assert.Contains($"| `MaxRememberedRequests`, {Number(new ConnectionTracingOptions().MaxRememberedRequests)} by default |", text, StringComparison.Ordinal);
        Assert.Contains($"| readers of a service | {EventStream.MaxReaders}: ", text, StringComparison.Ordinal);
        Assert.Contains($"`Services` has up to {ConnectionTracingPageOptions.MaxServices} names", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_are_read_as_they_are_written()
    {
        var settings = (await Readme.ReadAsync(Document)).BlocksOf("json").Single();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(settings)));
        builder.AddConnectionTracing();
        using var host = builder.Build();

        var page = host.Services.GetRequiredService<IOptions<ConnectionTracingOptions>>().Value.Page;

        Assert.Equal(["apiservice", "stock"], page.Services.Keys.Order());
        Assert.All(page.Services, service => Assert.Contains($"\"{service.Key}\": \"{service.Value}\"", settings, StringComparison.Ordinal));
        Assert.Equal("https://localhost:17180", page.Dashboard);
    }

    private static Task<string> ReadAsync(string path) => File.ReadAllTextAsync(Path.Combine(Repository.Root, path));

    private static async Task<string> BoundAsync(string module, string constant)
    {
        var bound = Regex.Match(await ReadAsync($"{Library}/Page/{module}"), $@"const {constant} = ([\d_]+);").Groups[1].Value;
        return Number(int.Parse(bound.Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture));
    }

    private static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
