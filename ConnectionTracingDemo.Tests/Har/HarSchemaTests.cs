using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectionTracing.Har;
using ConnectionTracingDemo.Tests.ConnectionTracing.Page;

namespace ConnectionTracingDemo.Tests.Har;

/// <summary>A file that is wrong fails the check that all others pass.</summary>
public sealed class HarSchemaTests
{
    [Fact]
    public void File_with_every_field_is_valid() => Assert.Single(HarAssert.IsValid(Valid().ToJsonString()));

    [Fact]
    public void File_without_requests_is_valid() => Assert.Empty(HarAssert.IsValid(JsonSerializer.Serialize(HarFile.Of("web", [], [], []), HarJson.Default.HarFile)));

    [Theory]
    [InlineData("$.log.version", "required")]
    [InlineData("$.log.creator", "required")]
    [InlineData("$.log.pages[0].title", "required")]
    [InlineData("$.log.entries[0].startedDateTime", "required")]
    [InlineData("$.log.entries[0].cache", "required")]
    [InlineData("$.log.entries[0].timings.receive", "required")]
    [InlineData("$.log.entries[0].request.queryString", "required")]
    [InlineData("$.log.entries[0].response.content.mimeType", "required")]
    public void Missing_field_is_an_error(string path, string keyword) =>
        Assert.Contains(ErrorsAfter(path, (parent, name) => parent.Remove(name)), error => error.Contains($" {keyword}:", StringComparison.Ordinal));

    [Theory]
    [InlineData("$.log.entries[0].startedDateTime", "\"yesterday\"", "/log/entries/0/startedDateTime format")]
    [InlineData("$.log.entries[0].time", "\"long\"", "/log/entries/0/time type")]
    [InlineData("$.log.entries[0].timings.wait", "null", "/log/entries/0/timings/wait type")]
    [InlineData("$.log.entries[0].request.url", "\"not a URL\"", "/log/entries/0/request/url format")]
    [InlineData("$.log.entries[0].request.headers", "[\"text\"]", "/log/entries/0/request/headers/0 type")]
    [InlineData("$.log.entries[0].serverIPAddress", "\"localhost\"", "/log/entries/0/serverIPAddress")]
    [InlineData("$.log.entries[0].connection", "7", "/log/entries/0/connection type")]
    [InlineData("$.log.entries[0].response.status", "\"200\"", "/log/entries/0/response/status type")]
    public void Wrong_value_is_an_error(string path, string value, string expected) =>
        Assert.Contains(ErrorsAfter(path, (parent, name) => parent[name] = JsonNode.Parse(value)), error => error.StartsWith(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("$.log.entries[0].timings.wait", "-3")]
    [InlineData("$.log.entries[0].time", "1")]
    [InlineData("$.log.entries[0].timings.ssl", "1000")]
    [InlineData("$.log.entries[0].pageref", "\"other\"")]
    [InlineData("$.log.entries[0].request.url", "\"https://api/?secret=1\"")]
    public void What_no_schema_says_is_checked_as_well(string path, string value)
    {
        var har = Valid();
        Change(har, path, (parent, name) => parent[name] = JsonNode.Parse(value));

        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => HarAssert.IsValid(har.ToJsonString()));
    }

    private static IReadOnlyList<string> ErrorsAfter(string path, Action<JsonObject, string> change)
    {
        var har = Valid();
        Change(har, path, change);
        return HarSchema.ErrorsOf(JsonSerializer.SerializeToElement(har));
    }

    private static void Change(JsonNode har, string path, Action<JsonObject, string> change)
    {
        var names = path.Replace("[0]", ".0", StringComparison.Ordinal).Split('.')[1..];
        var parent = names[..^1].Aggregate(har, (node, name) => name == "0" ? node[0]! : node[name]!);
        change(parent.AsObject(), names[^1]);
    }

    private static JsonNode Valid()
    {
        var connection = Sample.Connection("api");
        var request = Sample.First("https://api/weather") with { Connection = connection.SpanId };
        var finding = Sample.Finding("api") with { SpanId = request.SpanId };
        return JsonSerializer.SerializeToNode(HarFile.Of("web", [request], [connection], [finding]), HarJson.Default.HarFile)!;
    }
}
