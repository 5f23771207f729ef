using System.Net;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using ConnectionTracingDemo.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConnectionTracingDemo.Tests.EndToEnd;

/// <summary>What the command <c>trace-connections</c> makes of what a service answers.</summary>
public sealed class CommandAnswerTests
{
    private const string Service = "service";

    [Theory]
    [InlineData("/problem", "Only POST from this machine.")]
    [InlineData("/missing", "service answers with status 404 at http://127.0.0.1:{0}/missing. Does it map this path?")]
    [InlineData("/html", "service answers at http://127.0.0.1:{0}/html, but not as expected. Does it map something else there?")]
    public async Task A_service_that_does_not_do_it_is_a_failure_that_says_why(string path, string message)
    {
        await using var service = await StartAsync();
        var port = new Uri(service.Urls.First()).Port;

        var result = await ExecuteAsync(path, port, replicas: 1);

        Assert.Equal((false, string.Format(null, message, port)), (result.Success, result.Message));
    }

    [Fact]
    public async Task A_service_that_cannot_be_reached_is_a_failure_that_names_its_address()
    {
        var port = FreePort.Find();

        var result = await ExecuteAsync("/on", port, replicas: 1);

        Assert.False(result.Success);
        Assert.StartsWith($"service cannot be reached at http://127.0.0.1:{port}/on: ", result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "Connection tracing is on in service.")]
    [InlineData(2, "Connection tracing is on in one of the 2 replicas of service.")]
    public async Task The_message_says_where_tracing_is_on(int replicas, string message)
    {
        await using var service = await StartAsync();

        var result = await ExecuteAsync("/on", new Uri(service.Urls.First()).Port, replicas);

        Assert.Equal((true, message), (result.Success, result.Message));
        Assert.Contains($"\"replicas\":{replicas}", result.Data!.Value, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var service = builder.Build();
        service.MapPost("/problem", () => Results.Problem("Only POST from this machine.", statusCode: StatusCodes.Status403Forbidden));
        service.MapPost("/html", () => Results.Content("<!DOCTYPE html>", "text/html"));
        service.MapPost("/on", () => Results.Text("""{"enabled":true,"until":null}""", "application/json"));
        await service.StartAsync();
        return service;
    }

    /// <summary>Executes the command of a resource that stands for a running one at this port.</summary>
    private static async Task<ExecuteCommandResult> ExecuteAsync(string path, int port, int replicas)
    {
        var builder = DistributedApplication.CreateBuilder(["--AppHost:DefaultLaunchProfileName=http"]);
        var resource = builder.AddProject<Projects.ConnectionTracingDemo_ApiService>(Service).WithReplicas(replicas).WithConnectionTracing(path).Resource;
        var endpoint = resource.Annotations.OfType<EndpointAnnotation>().Single();
        endpoint.AllocatedEndpoint = new(endpoint, IPAddress.Loopback.ToString(), port);

        await using var app = builder.Build();
        await app.ResourceNotifications.PublishUpdateAsync(resource, snapshot => snapshot with { State = KnownResourceStates.Running });
        return await resource.Annotations.OfType<ResourceCommandAnnotation>().Single(command => command.Name == "trace-connections").ExecuteCommand(new()
        {
            Services = app.Services,
            ResourceName = Service,
            Arguments = new([]),
            CancellationToken = TestContext.Current.CancellationToken,
            Logger = NullLogger.Instance,
        });
    }
}
