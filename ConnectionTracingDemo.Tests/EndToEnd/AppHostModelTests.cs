using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using ConnectionTracingDemo.AppHost;
using ConnectionTracingDemo.Tests.Standalone;
using ConnectionTracingDemo.Tests.Viewer;
using ConnectionTracingDemo.Web.FaultLab;

namespace ConnectionTracingDemo.Tests.EndToEnd;

/// <summary>What <c>WithConnectionTracing</c> and <c>WithFaultLab</c> add to a model that is not started.</summary>
public sealed class AppHostModelTests
{
    private static readonly string[] Commands = ["trace-connections", "stop-tracing-connections", "run-fault"];

    [Fact]
    public async Task Two_services_name_each_other_with_https_where_there_is_https()
    {
        var builder = DistributedApplication.CreateBuilder(["--AppHost:DefaultLaunchProfileName=https"]);
        var first = builder.AddProject<Projects.ConnectionTracingDemo_Web>("first").WithConnectionTracing();
        var second = builder.AddProject<Projects.ConnectionTracingDemo_ApiService>("second-one").WithConnectionTracing();

        foreach (var variables in new[] { await ReadVariablesAsync(builder, first.Resource), await ReadVariablesAsync(builder, second.Resource) })
        {
            Assert.Equal(("first", "https"), Describe(variables["ConnectionTracing__Page__Services__first"]));
            Assert.Equal(("second-one", "https"), Describe(variables["ConnectionTracing__Page__Services__second-one"]));
        }
    }

    [Fact]
    public async Task The_profile_http_leads_to_http()
    {
        var builder = DistributedApplication.CreateBuilder(["--AppHost:DefaultLaunchProfileName=http"]);
        var service = builder.AddProject<Projects.ConnectionTracingDemo_ApiService>("service").WithConnectionTracing();

        Assert.Equal(("service", "http"), Describe((await ReadVariablesAsync(builder, service.Resource))["ConnectionTracing__Page__Services__service"]));
        Assert.Equal("http", (await ReadUrlsAsync(builder, service.Resource)).Single(url => url.DisplayText == "Network").Endpoint!.EndpointName);
    }

    [Fact]
    public async Task An_endpoint_with_another_name_comes_after_that_of_the_site()
    {
        var builder = DistributedApplication.CreateBuilder();
        var service = builder.AddExecutable("service", "dotnet", ".").WithHttpsEndpoint(name: "management").WithHttpEndpoint().WithConnectionTracing("/traces");

        var network = (await ReadUrlsAsync(builder, service.Resource)).Single(url => url.DisplayText == "Network");
        Assert.Equal(("http", "/traces"), (network.Endpoint!.EndpointName, network.Url));
        var address = Assert.IsType<ReferenceExpression>((await ReadVariablesAsync(builder, service.Resource))["ConnectionTracing__Page__Services__service"]);
        Assert.Equal("{service.bindings.http.url}/traces", address.ValueExpression);
    }

    [Fact]
    public void A_resource_without_endpoints_is_an_error_that_names_it()
    {
        var service = DistributedApplication.CreateBuilder().AddExecutable("service", "dotnet", ".").WithEndpoint(scheme: "tcp", name: "http2");

        var error = Assert.Throws<DistributedApplicationException>(() => service.WithConnectionTracing());
        Assert.Equal("Resource 'service' has no http or https endpoint for connection tracing: call WithHttpEndpoint or WithHttpsEndpoint before WithConnectionTracing.", error.Message);
    }

    [Fact]
    public void A_second_call_is_an_error_that_names_the_resource()
    {
        var service = DistributedApplication.CreateBuilder().AddExecutable("service", "dotnet", ".").WithHttpEndpoint().WithConnectionTracing();

        Assert.Contains("'service' has connection tracing already", Assert.Throws<DistributedApplicationException>(() => service.WithConnectionTracing()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_without_a_slash_is_an_error()
    {
        var service = DistributedApplication.CreateBuilder().AddExecutable("service", "dotnet", ".").WithHttpEndpoint();

        Assert.Contains("The path is 'traces'", Assert.Throws<ArgumentException>(() => service.WithConnectionTracing("traces")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_it_is_published()
    {
        using var folder = new TempFolder();
        var manifestPath = folder.File("manifest.json");
        await RunningProgram.RunAsync(
            BuiltProgram.PathOf("ConnectionTracingDemo.AppHost"),
            ["--operation", "publish", "--publisher", "manifest", "--output-path", manifestPath],
            Path.Combine(Repository.Root, "ConnectionTracingDemo.AppHost"));

        var manifest = await File.ReadAllTextAsync(manifestPath);
        Assert.Contains("\"webfrontend\"", manifest, StringComparison.Ordinal);
        Assert.DoesNotContain("ConnectionTracing__", manifest, StringComparison.Ordinal);
        Assert.DoesNotContain("DashboardUrl", manifest, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_to_publish_has_none_of_it()
    {
        var builder = DistributedApplication.CreateBuilder(["--operation", "publish", "--publisher", "manifest"]);
        var service = builder.AddProject<Projects.ConnectionTracingDemo_Web>("service");
        var before = service.Resource.Annotations.Count;

        service.WithConnectionTracing().WithFaultLab();

        Assert.True(builder.ExecutionContext.IsPublishMode);
        Assert.Equal(before, service.Resource.Annotations.Count);
    }

    [Fact]
    public void A_model_to_run_has_all_commands()
    {
        var builder = DistributedApplication.CreateBuilder();
        var service = builder.AddProject<Projects.ConnectionTracingDemo_Web>("service").WithConnectionTracing().WithFaultLab();

        Assert.Equal(Commands, service.Resource.Annotations.OfType<ResourceCommandAnnotation>().Select(command => command.Name).Where(Commands.Contains));
    }

    [Fact]
    public void The_command_offers_every_scenario_of_the_fault_lab() =>
        Assert.Equal(FaultScenarios.All.Select(scenario => scenario.Id), FaultLabResourceBuilderExtensions.Scenarios);

    private static (string Resource, string Endpoint) Describe(object value) => Assert.IsType<EndpointReference>(value) is var endpoint ? (endpoint.Resource.Name, endpoint.EndpointName) : default;

    private static async Task<Dictionary<string, object>> ReadVariablesAsync(IDistributedApplicationBuilder builder, IResource resource)
    {
        var variables = new Dictionary<string, object>();
        var context = new EnvironmentCallbackContext(builder.ExecutionContext, resource, variables);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await annotation.Callback(context);
        }

        return variables;
    }

    private static async Task<List<ResourceUrlAnnotation>> ReadUrlsAsync(IDistributedApplicationBuilder builder, IResource resource)
    {
        List<ResourceUrlAnnotation> urls = [];
        var context = new ResourceUrlsCallbackContext(builder.ExecutionContext, resource, urls);
        foreach (var annotation in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>())
        {
            await annotation.Callback(context);
        }

        return urls;
    }
}
