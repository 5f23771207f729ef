using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.ServiceDiscovery.Tests;

public sealed class HandlerTests
{
    [Fact]
    public async Task A_real_server_gets_the_request_with_its_own_address_as_host()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapGet("/weather", (HttpRequest request) => request.Host.Value);
        await app.StartAsync();
        var address = app.Urls.Single();
        using var connections = new SocketsHttpHandler();
        using var services = TestServices.Create(TestServices.Configure($"services:api:http:0={address}"), connections);

        var host = await services.CreateClient().GetStringAsync("https+http://api/weather").WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(new Uri(address).Authority, host);
    }

    [Fact]
    public async Task The_request_keeps_its_uri_and_a_host_header_of_its_own()
    {
        using var server = new CapturingServer();
        using var services = TestServices.Create(TestServices.Configure("services:api:http:0=http://localhost:1"), server);
        using var request = new HttpRequestMessage(HttpMethod.Get, "https+http://api/a") { Headers = { Host = "shop.example" } };

        using var response = await services.CreateClient().SendAsync(request);

        Assert.Equal("https+http://api/a", request.RequestUri?.OriginalString);
        Assert.Equal(["http://localhost:1/a"], server.Uris);
        Assert.Equal(["shop.example"], server.HostHeaders);
    }

    [Fact]
    public async Task A_retry_around_it_gets_the_next_address()
    {
        using var server = new CapturingServer();
        using var services = TestServices.Create(
            TestServices.Configure("services:api:http:0=http://a", "services:api:http:1=http://b"),
            server,
            http => http.AddHttpMessageHandler(() => new SendTwice()));

        using var response = await services.CreateClient().GetAsync("https+http://api");

        Assert.Equal(["http://a/", "http://b/"], server.Uris);
    }

    [Fact]
    public async Task A_failed_request_has_its_uri_back_too()
    {
        using var server = new FailingServer();
        using var services = TestServices.Create(TestServices.Configure("services:api:http:0=http://a"), server);
        using var request = new HttpRequestMessage(HttpMethod.Get, "https+http://api/");

        await Assert.ThrowsAsync<HttpRequestException>(() => services.CreateClient().SendAsync(request));

        Assert.Equal("https+http://api/", request.RequestUri?.OriginalString);
    }

    [Fact]
    public async Task Added_twice_it_resolves_once()
    {
        using var server = new CapturingServer();
        using var services = TestServices.Create(
            TestServices.Configure("services:api:http:0=http://localhost:1/base"), server, http => http.AddServiceDiscovery());

        using var response = await services.CreateClient().GetAsync("https+http://api/a");

        Assert.Equal(["http://localhost:1/base/a"], server.Uris);
    }

    [Fact]
    public void A_client_without_the_application_s_part_says_what_is_missing()
    {
        var collection = new ServiceCollection();
        collection.AddHttpClient("shop").AddServiceDiscovery();
        using var services = collection.BuildServiceProvider();

        var exception = Assert.Throws<InvalidOperationException>(() => services.GetRequiredService<IHttpClientFactory>().CreateClient("shop"));

        Assert.Contains("'shop'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("services.AddServiceDiscovery()", exception.Message, StringComparison.Ordinal);
    }

    private sealed class SendTwice : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var first = await base.SendAsync(request, cancellationToken);
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
            return await base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class FailingServer : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException();
    }
}
