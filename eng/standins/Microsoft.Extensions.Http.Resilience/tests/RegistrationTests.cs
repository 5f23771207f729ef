using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Http.Resilience.Tests;

public sealed class RegistrationTests
{
    [Fact]
    public void The_client_leaves_time_limits_to_the_pipeline()
    {
        using var services = TestServices.Create(new StubServer(HttpStatusCode.OK));

        Assert.Equal(Timeout.InfiniteTimeSpan, services.GetRequiredService<IHttpClientFactory>().CreateClient("test").Timeout);
    }

    [Fact]
    public async Task The_application_s_end_does_not_wait_for_a_running_request()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        var server = new StubServer((_, _) => answer.Task);
        var services = TestServices.Create(server, clock: new ManualTimeProvider());
        var running = services.CreateClient().GetAsync("/");

        await Task.Run(services.Dispose).WaitAsync(TimeSpan.FromSeconds(30));

        answer.SetResult(new HttpResponseMessage(HttpStatusCode.OK));
        using var response = await running;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public void The_builder_names_the_pipeline()
    {
        var services = new ServiceCollection();

        Assert.Equal("test-standard", services.AddHttpClient("test").AddStandardResilienceHandler().PipelineName);
    }

    [Fact]
    public async Task Adding_it_twice_nests_the_handlers_as_in_the_package()
    {
        var server = new StubServer(HttpStatusCode.ServiceUnavailable);
        using var services = TestServices.Create(
            services =>
            {
                services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler(TestServices.WithoutDelay));
                services.AddHttpClient("test").AddStandardResilienceHandler(TestServices.WithoutDelay);
            },
            server);

        using var response = await services.CreateClient().GetAsync("/");

        Assert.Equal(4 * 4, server.Requests.Count);
    }

    [Fact]
    public async Task A_client_can_replace_the_defaults()
    {
        var server = new StubServer(HttpStatusCode.ServiceUnavailable);
        using var services = TestServices.Create(
            services =>
            {
                services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler(TestServices.WithoutDelay));
                services.AddHttpClient("test").ConfigureAdditionalHttpMessageHandlers((handlers, _) => handlers.Clear()).AddStandardResilienceHandler(options =>
                {
                    options.Retry.Delay = TimeSpan.Zero;
                    options.Retry.MaxRetryAttempts = 1;
                });
            },
            server);

        using var response = await services.CreateClient().GetAsync("/");

        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Options_come_from_configuration_and_follow_its_changes()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Resilience:Retry:MaxRetryAttempts"] = "1",
            ["Resilience:Retry:Delay"] = "00:00:00",
        }).Build();
        var server = new StubServer(HttpStatusCode.ServiceUnavailable);
        using var services = TestServices.Create(
            services => services.AddHttpClient("test").AddStandardResilienceHandler(configuration.GetSection("Resilience")), server);
        var client = services.CreateClient();

        using var before = await client.GetAsync("/");
        Assert.Equal(2, server.Requests.Count);

        configuration["Resilience:Retry:MaxRetryAttempts"] = "2";
        configuration.Reload();

        using var after = await client.GetAsync("/");
        Assert.Equal(2 + 3, server.Requests.Count);
    }

    [Fact]
    public void An_unknown_key_of_the_configuration_is_an_error()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Resilience:Retry:MaxAttempts"] = "1" }).Build();
        using var services = TestServices.Create(
            services => services.AddHttpClient("test").AddStandardResilienceHandler(configuration.GetSection("Resilience")),
            new StubServer(HttpStatusCode.OK));

        var exception = Assert.Throws<InvalidOperationException>(() => services.CreateClient());

        Assert.Contains("MaxAttempts", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_section_is_an_error()
    {
        var section = new ConfigurationBuilder().Build().GetSection("Resilience");

        var exception = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddHttpClient("test").AddStandardResilienceHandler(section));

        Assert.Contains("'Resilience'", exception.Message, StringComparison.Ordinal);
    }
}
