namespace OpenTelemetry.Metrics;

/// <summary>Adds the metrics of ASP.NET Core to a meter provider.</summary>
public static class AspNetCoreInstrumentationMeterProviderBuilderExtensions
{
    // All there are in ASP.NET Core 10, https://learn.microsoft.com/aspnet/core/log-mon/metrics/built-in. One that an application never
    // uses costs nothing.
    private static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Authentication",
        "Microsoft.AspNetCore.Authorization",
        "Microsoft.AspNetCore.Components",
        "Microsoft.AspNetCore.Components.Lifecycle",
        "Microsoft.AspNetCore.Components.Server.Circuits",
        "Microsoft.AspNetCore.Diagnostics",
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Http.Connections",
        "Microsoft.AspNetCore.Identity",
        "Microsoft.AspNetCore.MemoryPool",
        "Microsoft.AspNetCore.RateLimiting",
        "Microsoft.AspNetCore.Routing",
        "Microsoft.AspNetCore.Server.Kestrel",
    ];

    /// <summary>Collects the metrics that ASP.NET Core reports itself, such as <c>http.server.request.duration</c>.</summary>
    /// <param name="builder">The builder of the meter provider.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    public static MeterProviderBuilder AddAspNetCoreInstrumentation(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        return builder.AddMeter(Meters);
    }
}
