using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.ServiceDiscovery.Tests;

public sealed class ResolutionTests
{
    private static readonly string[] Both = ["services:api:http:0=http://localhost:5001", "services:api:https:0=https://localhost:7001"];
    private static readonly string[] HttpOnly = ["services:api:http:0=http://localhost:5001"];
    private static readonly string[] HttpsOnly = ["services:api:https:0=https://localhost:7001"];
    private static readonly string[] NoScheme = ["services:api:https:0=10.0.0.1:7001", "services:api:http:0=10.0.0.1:5001"];
    private static readonly string[] NamedEndpoints = ["services:api:https:0=https://localhost:7001", "services:api:admin:0=https://localhost:9001", "services:api:plain:0=http://localhost:9002"];
    private static readonly string[] Default = ["services:api:default:0=http://localhost:4001", "services:api:https:0=https://localhost:7001"];

    public static TheoryData<string[], string, string> Uris => new()
    {
        // The preferred scheme, and the way back to the other one.
        { Both, "https+http://api/weather?city=Oslo&q=%2F", "https://localhost:7001/weather?city=Oslo&q=%2F" },
        { Both, "http+https://api/", "http://localhost:5001/" },
        { HttpOnly, "https+http://api", "http://localhost:5001/" },
        { HttpsOnly, "https+http://api", "https://localhost:7001/" },

        // One scheme asks for that scheme.
        { Both, "http://api/", "http://localhost:5001/" },
        { Both, "https://api/", "https://localhost:7001/" },
        { HttpsOnly, "http://api/", "http://api/" },
        { HttpOnly, "https://api/", "https://api/" },

        // Names are those of hosts: no case, and any port is overruled.
        { Both, "https://API:123/", "https://localhost:7001/" },
        { ["Services:Api:Https:0=https://localhost:7001"], "https://api/", "https://localhost:7001/" },
        { ["services:my.api:https:0=https://localhost:7001"], "https://my.api/", "https://localhost:7001/" },

        // Entries without a scheme, without a port, with a path, as a single value.
        { NoScheme, "https+http://api/a", "https://10.0.0.1:7001/a" },
        { NoScheme, "http://api/a", "http://10.0.0.1:5001/a" },
        { ["services:api:https:0=example"], "https+http://api/a", "https://example/a" },
        { ["services:api:https:0=example"], "https://api:8443/a", "https://example:8443/a" },
        { ["services:api:https:0=[::1]:7001"], "https+http://api/a", "https://[::1]:7001/a" },
        { ["services:api:https:0=https://example"], "https+http://api/a", "https://example/a" },
        { ["services:api:https:0=https://example/base/"], "https+http://api/a?b=c", "https://example/base/a?b=c" },
        { ["services:api:https:0=https://example/base"], "https+http://api", "https://example/base/" },
        { ["services:api:https=https://localhost:7001"], "https+http://api/", "https://localhost:7001/" },

        // Named endpoints.
        { NamedEndpoints, "https://_admin.api/a", "https://localhost:9001/a" },
        { NamedEndpoints, "https+http://_plain.api/a", "http://localhost:9002/a" },
        { NamedEndpoints, "https://_plain.api/a", "https://api/a" },
        { NamedEndpoints, "https+http://_missing.api/a", "https://api/a" },
        { NamedEndpoints, "https+http://api/a", "https://localhost:7001/a" },

        // As in the package, "default" goes first, even where it then does not fit.
        { Default, "https+http://api/", "http://localhost:4001/" },
        { Default, "https://api/", "https://api/" },

        // Ordinary hosts.
        { Both, "https://example.com:8443/a?b=c#d", "https://example.com:8443/a?b=c#d" },
        { Both, "http://127.0.0.1:5000/", "http://127.0.0.1:5000/" },
        { Both, "http://[::1]:5000/", "http://[::1]:5000/" },
        { Both, "https+http://example.com/a", "https://example.com/a" },
        { Both, "https+http://example.com:8443/a", "https://example.com:8443/a" },
        { Both, "https+http://_admin.example/a", "https://example/a" },
        { [], "https+http://api/a", "https://api/a" },
        { ["services:api:https="], "https://api/a", "https://api/a" },
    };

    [Theory]
    [MemberData(nameof(Uris))]
    public async Task A_request_goes_to(string[] configuration, string uri, string expected)
    {
        using var server = new CapturingServer();
        using var services = TestServices.Create(TestServices.Configure(configuration), server);

        using var response = await services.CreateClient().GetAsync(new Uri(uri));

        Assert.Equal([expected], server.Uris);
    }

    [Fact]
    public async Task Several_addresses_take_turns()
    {
        using var server = new CapturingServer();
        using var services = TestServices.Create(TestServices.Configure("services:api:http:0=http://a", "services:api:http:1=http://b", "services:api:http:2=http://c"), server);
        var client = services.CreateClient();

        for (var i = 0; i < 4; i++)
        {
            using var response = await client.GetAsync("https+http://api");
        }

        Assert.Equal(["http://a/", "http://b/", "http://c/", "http://a/"], server.Uris);
    }

    [Fact]
    public async Task Of_mixed_addresses_only_those_of_the_preferred_scheme_take_turns()
    {
        using var server = new CapturingServer();
        using var services = TestServices.Create(
            TestServices.Configure("services:api:default:0=http://a", "services:api:default:1=https://b", "services:api:default:2=c", "services:api:default:3=ftp://d"), server);
        var client = services.CreateClient();

        for (var i = 0; i < 4; i++)
        {
            using var response = await client.GetAsync("https+http://api");
        }

        Assert.Equal(["https://b/", "https://c/", "https://b/", "https://c/"], server.Uris);
    }

    [Fact]
    public async Task The_next_request_follows_a_change_of_the_configuration()
    {
        var configuration = TestServices.Configure("services:api:http:0=http://before");
        using var server = new CapturingServer();
        using var services = TestServices.Create(configuration, server);
        var client = services.CreateClient();

        using var before = await client.GetAsync("https+http://api");
        using var unknown = await client.GetAsync("https+http://late");

        configuration["services:api:http:0"] = "http://after";
        configuration["services:late:http:0"] = "http://added";
        configuration.Reload();
        using var after = await client.GetAsync("https+http://api");
        using var added = await client.GetAsync("https+http://late");

        Assert.Equal(["http://before/", "https://late/", "http://after/", "http://added/"], server.Uris);
    }

    [Fact]
    public async Task Environment_variables_are_configuration()
    {
        const string Variable = "STANDINTEST_services__fromenvironment__https__0";
        Environment.SetEnvironmentVariable(Variable, "https://localhost:7001");
        try
        {
            using var server = new CapturingServer();
            using var services = TestServices.Create(new ConfigurationBuilder().AddEnvironmentVariables("STANDINTEST_").Build(), server);

            using var response = await services.CreateClient().GetAsync("https+http://fromenvironment");

            Assert.Equal(["https://localhost:7001/"], server.Uris);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    [Theory]
    [InlineData("services:api:https:0=", "'services:api:https:0'")]
    [InlineData("services:api:https:0=https://", "'services:api:https:0'")]
    [InlineData("services:api:https:1=https//localhost:5000", "'services:api:https:1'")]
    [InlineData("services:api:https:0=https:/localhost", "'services:api:https:0'")]
    [InlineData("services:api:https:0=localhost:99999", "'services:api:https:0'")]
    [InlineData("services:api:https:0=local host", "'services:api:https:0'")]
    [InlineData("services:api:https=no address", "'services:api:https'")]
    [InlineData("services:api:https:first=https://localhost", "'services:api:https:first'")]
    public async Task A_malformed_entry_is_named_by_its_key(string entry, string expected)
    {
        using var server = new CapturingServer();
        using var services = TestServices.Create(TestServices.Configure(entry, "services:other:http:0=http://localhost:1"), server);
        var client = services.CreateClient();

        var exception = await Assert.ThrowsAsync<KeyNotFoundException>(() => client.GetAsync("https+http://api"));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);

        // Others do not suffer from it.
        using var response = await client.GetAsync("https+http://other");
        Assert.Equal(["http://localhost:1/"], server.Uris);
    }
}
