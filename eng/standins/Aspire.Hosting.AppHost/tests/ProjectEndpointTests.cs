using Aspire.Hosting.Projects;

namespace Aspire.Hosting.Tests;

public sealed class ProjectEndpointTests
{
    [Fact]
    public void Each_address_of_the_launch_profile_is_an_endpoint()
    {
        var endpoints = Model.Project("api", "https://localhost:7001", "http://127.0.0.1:5001", "http://localhost:0").Endpoints;

        Assert.Equal(["https", "http", "http2"], endpoints.Select(endpoint => endpoint.Name));
        Assert.Equal(["api-https", "api-http", "api-http2"], endpoints.Select(endpoint => endpoint.DcpServiceName));
        Assert.Equal(["localhost", "127.0.0.1", "localhost"], endpoints.Select(endpoint => endpoint.Host));
        Assert.Equal([7001, 5001, null], endpoints.Select(endpoint => endpoint.FixedPort));
    }

    [Fact]
    public void The_only_endpoint_bears_the_name_of_its_project() =>
        Assert.Equal("api", Assert.Single(Model.Project("api", "http://localhost:5001").Endpoints).DcpServiceName);

    [Fact]
    public void Ports_can_be_left_to_DCP()
    {
        var profile = new LaunchProfile("http", "Project", [new Uri("http://localhost:5001")], new Dictionary<string, string>());

        Assert.Null(Assert.Single(ProjectEndpoint.FromLaunchProfile("api", profile, randomizePorts: true)).FixedPort);
    }

    [Fact]
    public void A_project_without_launch_profile_has_none() => Assert.Empty(ProjectEndpoint.FromLaunchProfile("api", null, randomizePorts: false));

    [Fact]
    public void The_address_is_the_proxys_and_there_is_none_before_it_is_allocated()
    {
        var endpoint = Model.Project("api", "http://localhost:5001").Endpoints[0];

        Assert.Throws<InvalidOperationException>(() => endpoint.Url);
        endpoint.AllocatedPort = 34567;
        Assert.Equal("http://localhost:34567", endpoint.Url);
    }

    [Fact]
    public void The_process_listens_where_DCP_tells_it() =>
        Assert.Equal("""https://localhost:{{- portForServing "api-https" -}}""", Model.Project("api", "https://localhost:1", "http://localhost:2").Endpoints[0].ListenTemplate);

    [Theory]
    [InlineData("https", "http://localhost:1", "https://localhost:2")]
    [InlineData("http", "ftp://localhost:1", "http://localhost:2")]
    [InlineData("ftp", "ftp://localhost:1")]
    public void Https_stands_for_the_project_before_http_before_any_other(string expected, params string[] urls) =>
        Assert.Equal(expected, Model.Project("api", urls).DefaultEndpoint!.Name);
}
