using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Tests;

public sealed class DashboardOptionsTests
{
    private const string Urls = "ASPNETCORE_URLS=https://localhost:17180;http://localhost:15180";
    private const string Grpc = "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=https://localhost:21180";
    private const string Http = "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=https://localhost:21181";

    [Fact]
    public void It_takes_its_addresses_from_the_AppHosts_settings()
    {
        var options = Read(Urls, Grpc);

        var variables = ToEnvironment(options, "/session/development.pfx");

        Assert.Equal("https://localhost:17180;http://localhost:15180", variables["ASPNETCORE_URLS"]);
        Assert.Equal("https://localhost:21180", variables["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"]);
        Assert.Equal("http://127.0.0.1:20180", variables["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"]);
        Assert.Equal("ApiKey", variables["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"]);
        Assert.Equal("the key", variables["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"]);
        Assert.Equal("true", variables["ASPIRE_DASHBOARD_API_ENABLED"]);
        Assert.Equal("Production", variables["ASPNETCORE_ENVIRONMENT"]);
        Assert.Equal("/session/development.pfx", variables["Kestrel__Certificates__Default__Path"]);
        Assert.DoesNotContain("Kestrel__Certificates__Default__Path", ToEnvironment(options));
    }

    [Fact]
    public void Every_run_has_new_keys_that_protect_the_page_the_telemetry_and_the_API()
    {
        var (options, other) = (Read(Urls, Grpc), Read(Urls, Grpc));

        var variables = ToEnvironment(options);

        Assert.Equal("BrowserToken", variables["DASHBOARD__FRONTEND__AUTHMODE"]);
        Assert.Equal("ApiKey", variables["DASHBOARD__OTLP__AUTHMODE"]);
        Assert.Equal("ApiKey", variables["DASHBOARD__API__AUTHMODE"]);
        string[] keys = [options.Keys!.BrowserToken, options.Keys.Otlp, options.Keys.Api, other.Keys!.BrowserToken, other.Keys.Otlp, other.Keys.Api];
        Assert.All(keys, key => Assert.Matches("^[0-9a-f]{32}$", key));
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys.Take(3), [variables["DASHBOARD__FRONTEND__BROWSERTOKEN"], variables["DASHBOARD__OTLP__PRIMARYAPIKEY"], variables["DASHBOARD__API__PRIMARYAPIKEY"]]);
        Assert.Equal($"https://localhost:17180/login?t={keys[0]}", options.LoginUrl);
    }

    [Fact]
    public void Keys_can_be_given() =>
        Assert.Equal(
            new DashboardKeys("browser", "otlp", "api"),
            Read(Urls, Grpc, "ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN=browser", "AppHost:OtlpApiKey=otlp", "AppHost:DashboardApiKey=api").Keys);

    [Theory]
    [InlineData("true")]
    [InlineData("True")]
    [InlineData("1")]
    public void It_can_be_open_to_everybody(string value)
    {
        var options = Read(Urls, Grpc, $"ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS={value}");

        var variables = ToEnvironment(options);

        Assert.Null(options.Keys);
        Assert.Null(options.Telemetry.ApiKey);
        Assert.Equal("https://localhost:17180", options.LoginUrl);
        Assert.All(["FRONTEND", "OTLP", "API"], part => Assert.Equal("Unsecured", variables[$"DASHBOARD__{part}__AUTHMODE"]));
    }

    [Fact]
    public void Telemetry_goes_over_gRPC_before_http()
    {
        Assert.Equal("grpc https://localhost:21180", Describe(Read(Urls, Grpc, Http)));
        Assert.Equal("http/protobuf https://localhost:21181", Describe(Read(Urls, Http)));

        static string Describe(DashboardOptions options) => $"{options.Telemetry.Protocol} {options.Telemetry.Endpoint}";
    }

    [Theory]
    [InlineData("ASPNETCORE_URLS is not set", Grpc)]
    [InlineData("ASPNETCORE_URLS is not set", Grpc, "ASPNETCORE_URLS= ; ")]
    [InlineData("ASPNETCORE_URLS has the value 'localhost:17180', which is not an http or https address", Grpc, "ASPNETCORE_URLS=localhost:17180")]
    [InlineData("ASPNETCORE_URLS has the value '/x', which is not an http or https address", Grpc, "ASPNETCORE_URLS=https://localhost:1;/x")]
    [InlineData("Neither ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL nor ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL is set", Urls)]
    [InlineData("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL has the value 'tcp://x:1', which is not an http or https address", Urls, "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=tcp://x:1")]
    [InlineData("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL has the value '21', which is not an http or https address", Urls, "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=21")]
    [InlineData("'http://localhost:15180' is not https", Grpc, "ASPNETCORE_URLS=http://localhost:15180")]
    [InlineData("'http://localhost:19180' is not https", Urls, "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:19180")]
    [InlineData("'http://localhost:19181' is not https", Urls, Grpc, "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=http://localhost:19181")]
    [InlineData("allow http with ASPIRE_ALLOW_UNSECURED_TRANSPORT=true", Grpc, "ASPNETCORE_URLS=http://localhost:15180", "ASPIRE_ALLOW_UNSECURED_TRANSPORT=false")]
    public void What_is_wrong_is_named(string message, params string[] settings) =>
        Assert.Contains(message, Assert.Throws<DistributedApplicationException>(() => Read(settings)).Message, StringComparison.Ordinal);

    [Fact]
    public void Http_can_be_allowed_by_the_user_or_by_the_AppHost()
    {
        string[] settings = ["ASPNETCORE_URLS=http://localhost:15180", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:19180"];

        Assert.Equal("http", Read([.. settings, "ASPIRE_ALLOW_UNSECURED_TRANSPORT=true"]).Urls[0].Scheme);
        Assert.Equal("http", DashboardOptions.Read(Configure(settings), "Development", allowHttp: true).Urls[0].Scheme);
    }

    private static Dictionary<string, string> ToEnvironment(DashboardOptions options, string? certificatePath = null) =>
        options.ToEnvironment(certificatePath, new Uri("http://127.0.0.1:20180/"), "the key");

    private static DashboardOptions Read(params string[] settings) => DashboardOptions.Read(Configure(settings), "Production", allowHttp: false);

    private static IConfiguration Configure(string[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => setting.Split('=', 2)).Select(parts => KeyValuePair.Create(parts[0], (string?)parts[1]))).Build();
}
