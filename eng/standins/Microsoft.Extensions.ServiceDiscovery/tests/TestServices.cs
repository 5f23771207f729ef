using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.ServiceDiscovery.Tests;

internal static class TestServices
{
    public static ServiceProvider Create(IConfiguration configuration, HttpMessageHandler server, Action<IHttpClientBuilder>? addBefore = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        services.AddServiceDiscovery();
        services.ConfigureHttpClientDefaults(http =>
        {
            addBefore?.Invoke(http);
            http.AddServiceDiscovery();
            http.ConfigurePrimaryHttpMessageHandler(() => server);
        });
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
    }

    /// <param name="entries">Lines of the form <c>services:name:https:0=https://localhost:1</c>.</param>
    public static IConfigurationRoot Configure(params string[] entries) => new ConfigurationBuilder()
        .AddInMemoryCollection(entries.Select(entry => entry.Split('=')).Select(parts => KeyValuePair.Create(parts[0], (string?)parts[1])))
        .Build();

    public static HttpClient CreateClient(this IServiceProvider services) => services.GetRequiredService<IHttpClientFactory>().CreateClient();
}
