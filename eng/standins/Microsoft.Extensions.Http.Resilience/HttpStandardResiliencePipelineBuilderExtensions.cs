using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Sets the options of a standard pipeline. Calls add up, in order.</summary>
public static class HttpStandardResiliencePipelineBuilderExtensions
{
    /// <summary>Sets options in code.</summary>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    public static IHttpStandardResiliencePipelineBuilder Configure(
        this IHttpStandardResiliencePipelineBuilder builder, Action<HttpStandardResilienceOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);

        builder.Services.Configure(builder.PipelineName, configure);
        return builder;
    }

    /// <summary>Sets options in code, with the application's services at hand.</summary>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    public static IHttpStandardResiliencePipelineBuilder Configure(
        this IHttpStandardResiliencePipelineBuilder builder, Action<HttpStandardResilienceOptions, IServiceProvider> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);

        builder.Services.AddOptions<HttpStandardResilienceOptions>(builder.PipelineName).Configure(configure);
        return builder;
    }

    /// <summary>
    /// Binds options to <paramref name="section"/>, for example <c>Retry:MaxRetryAttempts</c> or <c>AttemptTimeout:Timeout</c> (<c>hh:mm:ss</c>).
    /// An unknown key is an error, and so is an empty section.
    /// </summary>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    public static IHttpStandardResiliencePipelineBuilder Configure(
        this IHttpStandardResiliencePipelineBuilder builder, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(section);

        if (!section.GetChildren().Any())
        {
            throw new ArgumentException($"The configuration section '{section.Path}' is empty: it configures nothing of '{builder.PipelineName}'.", nameof(section));
        }

        builder.Services.Configure<HttpStandardResilienceOptions>(builder.PipelineName, section, binder => binder.ErrorOnUnknownConfiguration = true);
        return builder;
    }
}
