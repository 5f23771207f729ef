using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Http.Resilience.Tests;

internal static class TestServices
{
    /// <summary>Builds services whose client "test" sends to <paramref name="server"/> through the standard handler.</summary>
    public static ServiceProvider Create(StubServer server, Action<HttpStandardResilienceOptions>? configure = null, TimeProvider? clock = null) =>
        Create(services => services.AddHttpClient("test").AddStandardResilienceHandler(configure ?? (_ => { })), server, clock);

    public static ServiceProvider Create(Action<IServiceCollection> add, StubServer server, TimeProvider? clock = null)
    {
        var services = new ServiceCollection();
        services.ConfigureHttpClientDefaults(http => http.ConfigurePrimaryHttpMessageHandler(() => server));
        if (clock is not null)
        {
            services.AddSingleton(clock);
        }

        add(services);
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
    }

    public static HttpClient CreateClient(this IServiceProvider services, string name = "test")
    {
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient(name);
        client.BaseAddress = new Uri("http://server");

        // A request that hangs is a failed test, not a hanging one.
        client.Timeout = TimeSpan.FromSeconds(30);
        return client;
    }

    /// <summary>Retries at once, for tests that are not about time.</summary>
    public static void WithoutDelay(HttpStandardResilienceOptions options) => options.Retry.Delay = TimeSpan.Zero;
}
