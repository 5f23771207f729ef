using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Yarp.Telemetry.Consumption;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers consumers of networking events and metrics.</summary>
public static class TelemetryConsumptionExtensions
{
    private static readonly Type[] TelemetryConsumers =
    [
        typeof(IHttpTelemetryConsumer),
        typeof(INameResolutionTelemetryConsumer),
        typeof(INetSecurityTelemetryConsumer),
        typeof(ISocketsTelemetryConsumer),
        typeof(IKestrelTelemetryConsumer),
    ];

    private static readonly Type[] MetricsConsumers =
    [
        typeof(IMetricsConsumer<HttpMetrics>),
        typeof(IMetricsConsumer<NameResolutionMetrics>),
        typeof(IMetricsConsumer<NetSecurityMetrics>),
        typeof(IMetricsConsumer<SocketsMetrics>),
        typeof(IMetricsConsumer<KestrelMetrics>),
    ];

    /// <summary>Listens, from the start of the host, for the consumers that are registered as services. The other methods here call it.</summary>
    /// <param name="services">The services of the application.</param>
    /// <returns><paramref name="services"/>, to chain calls.</returns>
    public static IServiceCollection AddTelemetryListeners(this IServiceCollection services)
    {
        services.AddLogging();
        services.TryAddSingleton<ConsumerGuard>();
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<EventSourceReader, HttpEventReader>(),
            ServiceDescriptor.Singleton<EventSourceReader, NameResolutionEventReader>(),
            ServiceDescriptor.Singleton<EventSourceReader, NetSecurityEventReader>(),
            ServiceDescriptor.Singleton<EventSourceReader, SocketsEventReader>(),
            ServiceDescriptor.Singleton<EventSourceReader, KestrelEventReader>(),
        ]);
        services.AddHostedService<TelemetryDispatcher>();

        return services;
    }

    /// <summary>Registers a consumer for every <c>I…TelemetryConsumer</c> interface that it implements.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="consumer">The consumer.</param>
    /// <returns><paramref name="services"/>, to chain calls.</returns>
    /// <exception cref="ArgumentException"><paramref name="consumer"/> implements none of them.</exception>
    public static IServiceCollection AddTelemetryConsumer(this IServiceCollection services, object consumer) =>
        services.AddInstance(consumer, TelemetryConsumers);

    /// <summary>Registers a consumer, made by the container, for every <c>I…TelemetryConsumer</c> interface that it implements.</summary>
    /// <typeparam name="TConsumer">The consumer.</typeparam>
    /// <param name="services">The services of the application.</param>
    /// <returns><paramref name="services"/>, to chain calls.</returns>
    /// <exception cref="ArgumentException"><typeparamref name="TConsumer"/> implements none of them.</exception>
    public static IServiceCollection AddTelemetryConsumer<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TConsumer>(this IServiceCollection services)
        where TConsumer : class =>
        services.AddSingle<TConsumer>(TelemetryConsumers);

    /// <summary>Registers a consumer for every <see cref="IMetricsConsumer{TMetrics}"/> that it implements.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="consumer">The consumer.</param>
    /// <returns><paramref name="services"/>, to chain calls.</returns>
    /// <exception cref="ArgumentException"><paramref name="consumer"/> implements none of them.</exception>
    public static IServiceCollection AddMetricsConsumer(this IServiceCollection services, object consumer) =>
        services.AddInstance(consumer, MetricsConsumers);

    /// <summary>Registers a consumer, made by the container, for every <see cref="IMetricsConsumer{TMetrics}"/> that it implements.</summary>
    /// <typeparam name="TConsumer">The consumer.</typeparam>
    /// <param name="services">The services of the application.</param>
    /// <returns><paramref name="services"/>, to chain calls.</returns>
    /// <exception cref="ArgumentException"><typeparamref name="TConsumer"/> implements none of them.</exception>
    public static IServiceCollection AddMetricsConsumer<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TConsumer>(this IServiceCollection services)
        where TConsumer : class =>
        services.AddSingle<TConsumer>(MetricsConsumers);

    private static IServiceCollection AddInstance(this IServiceCollection services, object consumer, Type[] interfaces)
    {
        ArgumentNullException.ThrowIfNull(consumer);

        foreach (var type in Implemented(consumer.GetType(), interfaces, nameof(consumer)))
        {
            services.AddSingleton(type, consumer);
        }

        return services.AddTelemetryListeners();
    }

    private static IServiceCollection AddSingle<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TConsumer>(this IServiceCollection services, Type[] interfaces)
        where TConsumer : class
    {
        foreach (var type in Implemented(typeof(TConsumer), interfaces, nameof(TConsumer)))
        {
            services.AddSingleton(type, provider => provider.GetRequiredService<TConsumer>());
        }

        services.TryAddSingleton<TConsumer>();

        return services.AddTelemetryListeners();
    }

    private static Type[] Implemented(Type consumer, Type[] interfaces, string parameterName)
    {
        Type[] implemented = [.. interfaces.Where(type => type.IsAssignableFrom(consumer))];

        return implemented.Length > 0
            ? implemented
            : throw new ArgumentException($"'{consumer}' implements none of the consumer interfaces of Yarp.Telemetry.Consumption that are known here.", parameterName);
    }
}
