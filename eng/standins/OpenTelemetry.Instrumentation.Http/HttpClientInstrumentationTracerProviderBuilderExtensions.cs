using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry.Instrumentation.Http;

namespace OpenTelemetry.Trace;

/// <summary>Adds the spans of HttpClient to a tracer provider.</summary>
public static class HttpClientInstrumentationTracerProviderBuilderExtensions
{
    /// <summary>Collects a client span for every request, with the attributes of the HTTP semantic conventions.</summary>
    /// <param name="builder">The builder of the tracer provider.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    public static TracerProviderBuilder AddHttpClientInstrumentation(this TracerProviderBuilder builder) =>
        builder.AddHttpClientInstrumentation(name: null, configureHttpClientTraceInstrumentationOptions: null);

    /// <summary>Collects a client span for every request, with the attributes of the HTTP semantic conventions.</summary>
    /// <param name="builder">The builder of the tracer provider.</param>
    /// <param name="configureHttpClientTraceInstrumentationOptions">Filters and enriches the spans.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    public static TracerProviderBuilder AddHttpClientInstrumentation(
        this TracerProviderBuilder builder,
        Action<HttpClientTraceInstrumentationOptions>? configureHttpClientTraceInstrumentationOptions) =>
        builder.AddHttpClientInstrumentation(name: null, configureHttpClientTraceInstrumentationOptions);

    /// <summary>
    /// Collects a client span for every request, with the attributes of the HTTP semantic conventions. Further calls with the same name
    /// only add to the options.
    /// </summary>
    /// <param name="builder">The builder of the tracer provider.</param>
    /// <param name="name">The name of the options; null is the default name.</param>
    /// <param name="configureHttpClientTraceInstrumentationOptions">Filters and enriches the spans.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    public static TracerProviderBuilder AddHttpClientInstrumentation(
        this TracerProviderBuilder builder,
        string? name,
        Action<HttpClientTraceInstrumentationOptions>? configureHttpClientTraceInstrumentationOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);

        name ??= Options.DefaultName;

        builder.ConfigureServices(services =>
        {
            if (configureHttpClientTraceInstrumentationOptions is not null)
            {
                services.Configure(name, configureHttpClientTraceInstrumentationOptions);
            }

            services.TryAddKeyedSingleton(name, (provider, _) => new RequestEventSubscription(
                new RequestSpanEnricher(provider.GetRequiredService<IOptionsMonitor<HttpClientTraceInstrumentationOptions>>().Get(name))));
        });

        return builder
            .AddSource("System.Net.Http")
            .AddInstrumentation(provider => provider.GetRequiredKeyedService<RequestEventSubscription>(name));
    }
}
