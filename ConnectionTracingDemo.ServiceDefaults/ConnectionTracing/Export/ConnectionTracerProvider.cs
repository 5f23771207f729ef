using System;
using ConnectionTracing.Runtime;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ConnectionTracing.Export;

/// <summary>
/// Builds the tracer provider of the experimental sources. They have one of their own because a sampler cannot turn them
/// off: a dropped root is still created and still linked to. Only not being subscribed is off.
/// </summary>
internal static class ConnectionTracerProvider
{
    public static TracerProvider Build(IServiceProvider services, ConnectionSpanProcessor processor)
    {
        var builder = Sdk.CreateTracerProviderBuilder()
            // The settings of the SDK, OTEL_*, come from the application's configuration as they do for its own provider.
            .ConfigureServices(own => own.AddSingleton(services.GetRequiredService<IConfiguration>()))
            .AddSource(NetworkActivitySources.Connections)
            // Setups are roots; waits follow their request.
            .SetSampler(new ParentBasedSampler(new AlwaysOnSampler()))
            .AddProcessor(processor);

        if (services.GetService<TracerProvider>()?.GetResource() is { } resource)
        {
            builder.SetResourceBuilder(ResourceBuilder.CreateEmpty().AddAttributes(resource.Attributes));
        }

        return builder.Build();
    }
}
