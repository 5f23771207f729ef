using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OpenTelemetry;

/// <summary>
/// Says what an application collects and where it goes. Each method may be called any number of times; the calls add up to one provider
/// per signal.
/// </summary>
/// <remarks>The SDK does the work, in <see cref="OpenTelemetryBuilderSdkExtensions"/>; the methods here keep the type while chaining.</remarks>
public sealed class OpenTelemetryBuilder : IOpenTelemetryBuilder
{
    internal OpenTelemetryBuilder(IServiceCollection services)
    {
        Services = services;

        // The providers need both. A host brings them; a plain service collection does not.
        services.AddOptions();
        services.TryAddSingleton<IConfiguration>(_ => new ConfigurationBuilder().AddEnvironmentVariables().Build());
    }

    /// <inheritdoc />
    public IServiceCollection Services { get; }

    /// <summary>Describes the application: the resource that traces, metrics and logs share.</summary>
    /// <param name="configure">Adds to the resource.</param>
    /// <returns>This builder.</returns>
    public OpenTelemetryBuilder ConfigureResource(Action<ResourceBuilder> configure)
    {
        OpenTelemetryBuilderSdkExtensions.ConfigureResource(this, configure);
        return this;
    }

    /// <summary>Collects metrics.</summary>
    /// <returns>This builder.</returns>
    public OpenTelemetryBuilder WithMetrics() => WithMetrics(static _ => { });

    /// <summary>Collects metrics.</summary>
    /// <param name="configure">Names the meters and adds the exporters.</param>
    /// <returns>This builder.</returns>
    public OpenTelemetryBuilder WithMetrics(Action<MeterProviderBuilder> configure)
    {
        OpenTelemetryBuilderSdkExtensions.WithMetrics(this, configure);
        return this;
    }

    /// <summary>Collects traces.</summary>
    /// <returns>This builder.</returns>
    public OpenTelemetryBuilder WithTracing() => WithTracing(static _ => { });

    /// <summary>Collects traces.</summary>
    /// <param name="configure">Names the activity sources and adds the processors and exporters.</param>
    /// <returns>This builder.</returns>
    public OpenTelemetryBuilder WithTracing(Action<TracerProviderBuilder> configure)
    {
        OpenTelemetryBuilderSdkExtensions.WithTracing(this, configure);
        return this;
    }

    /// <summary>Collects what the application writes to <see cref="Microsoft.Extensions.Logging.ILogger"/>.</summary>
    /// <returns>This builder.</returns>
    public OpenTelemetryBuilder WithLogging() => WithLogging(configureBuilder: null, configureOptions: null);

    /// <summary>Collects what the application writes to <see cref="Microsoft.Extensions.Logging.ILogger"/>.</summary>
    /// <param name="configure">Adds the processors and exporters.</param>
    /// <returns>This builder.</returns>
    public OpenTelemetryBuilder WithLogging(Action<LoggerProviderBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);

        return WithLogging(configure, configureOptions: null);
    }

    /// <summary>Collects what the application writes to <see cref="Microsoft.Extensions.Logging.ILogger"/>.</summary>
    /// <param name="configureBuilder">Adds the processors and exporters.</param>
    /// <param name="configureOptions">Says how much of each log record is kept.</param>
    /// <returns>This builder.</returns>
    public OpenTelemetryBuilder WithLogging(
        Action<LoggerProviderBuilder>? configureBuilder, Action<OpenTelemetryLoggerOptions>? configureOptions)
    {
        OpenTelemetryBuilderSdkExtensions.WithLogging(this, configureBuilder, configureOptions);
        return this;
    }
}
