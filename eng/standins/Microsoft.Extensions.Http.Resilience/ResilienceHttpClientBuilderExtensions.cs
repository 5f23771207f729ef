using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http.Resilience;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds resilience to an <see cref="HttpClient"/> that comes from <see cref="IHttpClientFactory"/>.</summary>
public static class ResilienceHttpClientBuilderExtensions
{
    /// <summary>
    /// Sends requests through the standard pipeline of <see cref="HttpStandardResilienceOptions"/> and leaves time limits to it:
    /// <see cref="HttpClient.Timeout"/> becomes infinite.
    /// </summary>
    /// <remarks>
    /// All handlers of one client name share one pipeline, circuit and limiter included; all clients share one where this is called for
    /// the defaults of every client. A second call adds a second handler around the same pipeline, which multiplies the retries.
    /// </remarks>
    /// <returns>The builder that configures the pipeline.</returns>
    public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(this IHttpClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        var pipelineName = $"{builder.Name}-standard";

        builder.Services.AddOptionsWithValidateOnStart<HttpStandardResilienceOptions, HttpStandardResilienceOptionsValidator>(pipelineName);
        builder.Services.TryAddSingleton<StandardPipelines>();

        builder.AddHttpMessageHandler(services => services.GetRequiredService<StandardPipelines>().CreateHandler(pipelineName));
        builder.ConfigureHttpClient(client => client.Timeout = Timeout.InfiniteTimeSpan);

        return new HttpStandardResiliencePipelineBuilder(pipelineName, builder.Services);
    }

    /// <summary>Like <see cref="AddStandardResilienceHandler(IHttpClientBuilder)"/>, with options set in code.</summary>
    /// <returns>The builder that configures the pipeline.</returns>
    public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(
        this IHttpClientBuilder builder, Action<HttpStandardResilienceOptions> configure) =>
        builder.AddStandardResilienceHandler().Configure(configure);

    /// <summary>
    /// Like <see cref="AddStandardResilienceHandler(IHttpClientBuilder)"/>, with options bound to <paramref name="section"/>, unknown keys being
    /// an error. A change of the section replaces the pipeline, with a closed circuit and a fresh limiter.
    /// </summary>
    /// <returns>The builder that configures the pipeline.</returns>
    public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(
        this IHttpClientBuilder builder, IConfigurationSection section) =>
        builder.AddStandardResilienceHandler().Configure(section);
}
