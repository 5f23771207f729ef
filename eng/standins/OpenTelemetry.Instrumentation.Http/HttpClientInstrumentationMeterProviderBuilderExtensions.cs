namespace OpenTelemetry.Metrics;

/// <summary>Adds the metrics of HttpClient to a meter provider.</summary>
public static class HttpClientInstrumentationMeterProviderBuilderExtensions
{
    /// <summary>
    /// Collects the metrics that the runtime reports itself, such as <c>http.client.request.duration</c> and <c>dns.lookup.duration</c>.
    /// </summary>
    /// <param name="builder">The builder of the meter provider.</param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    public static MeterProviderBuilder AddHttpClientInstrumentation(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        return builder.AddMeter("System.Net.Http", "System.Net.NameResolution");
    }
}
