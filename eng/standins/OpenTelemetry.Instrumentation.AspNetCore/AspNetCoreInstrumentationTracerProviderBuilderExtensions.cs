using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry.Instrumentation.AspNetCore;

namespace OpenTelemetry.Trace;

/// <summary>Adds the spans of ASP.NET Core to a tracer provider.</summary>
public static class AspNetCoreInstrumentationTracerProviderBuilderExtensions
{
    private const string QueryRedactionDisabledKey = "OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION";

    // The requests, and what runs inside them without a request of its own: SignalR invocations and interactive Razor components.
    private static readonly string[] Sources =
    [
        "Microsoft.AspNetCore",
        "Microsoft.AspNetCore.SignalR.Server",
        "Microsoft.AspNetCore.Components",
        "Microsoft.AspNetCore.Components.Server.Circuits",
    ];

    /// <summary>Collects a server span for every request, with the attributes of the HTTP semantic conventions.</summary>
    /// <param name="builder">The builder of the tracer provider.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    public static TracerProviderBuilder AddAspNetCoreInstrumentation(this TracerProviderBuilder builder) =>
        builder.AddAspNetCoreInstrumentation(name: null, configureAspNetCoreTraceInstrumentationOptions: null);

    /// <summary>Collects a server span for every request, with the attributes of the HTTP semantic conventions.</summary>
    /// <param name="builder">The builder of the tracer provider.</param>
    /// <param name="configureAspNetCoreTraceInstrumentationOptions">Filters and enriches the spans.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    public static TracerProviderBuilder AddAspNetCoreInstrumentation(
        this TracerProviderBuilder builder,
        Action<AspNetCoreTraceInstrumentationOptions>? configureAspNetCoreTraceInstrumentationOptions) =>
        builder.AddAspNetCoreInstrumentation(name: null, configureAspNetCoreTraceInstrumentationOptions);

    /// <summary>
    /// Collects a server span for every request, with the attributes of the HTTP semantic conventions. Further calls with the same
    /// name only add to the options.
    /// </summary>
    /// <param name="builder">The builder of the tracer provider.</param>
    /// <param name="name">The name of the options; null is the default name.</param>
    /// <param name="configureAspNetCoreTraceInstrumentationOptions">Filters and enriches the spans.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    public static TracerProviderBuilder AddAspNetCoreInstrumentation(
        this TracerProviderBuilder builder,
        string? name,
        Action<AspNetCoreTraceInstrumentationOptions>? configureAspNetCoreTraceInstrumentationOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);

        name ??= Options.DefaultName;

        builder.ConfigureServices(services =>
        {
            if (configureAspNetCoreTraceInstrumentationOptions is not null)
            {
                services.Configure(name, configureAspNetCoreTraceInstrumentationOptions);
            }

            services.TryAddKeyedSingleton(name, (provider, _) => Subscribe(provider, name));
        });

        return builder
            .AddSource(Sources)
            .AddInstrumentation(provider => provider.GetRequiredKeyedService<RequestEventSubscription>(name));
    }

    private static RequestEventSubscription Subscribe(IServiceProvider services, string name)
    {
        var options = services.GetRequiredService<IOptionsMonitor<AspNetCoreTraceInstrumentationOptions>>().Get(name);
        var redactQuery = !services.GetRequiredService<IConfiguration>().GetValue<bool>(QueryRedactionDisabledKey);

        return new RequestEventSubscription(new RequestSpanWriter(options, redactQuery));
    }
}
