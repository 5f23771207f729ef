namespace ConnectionTracingDemo.Web;

/// <summary>Settings of <see cref="WeatherApiClient"/>, configuration section <c>WeatherApi</c>.</summary>
internal sealed class WeatherApiOptions
{
    public const string Section = "WeatherApi";

    public const string AllowedValues =
        $"{Section}:{nameof(MaxWait)} has to be a time between 00:00:00.1 and 00:01:00 (hours:minutes:seconds), for example 00:00:05.";

    /// <summary>
    /// For how long a page waits for the weather API, retries included. Default: 5 s. It is shorter than the 30 s for which the
    /// standard resilience handler goes on trying, because here a person is waiting.
    /// </summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(5);

    public static bool IsValid(WeatherApiOptions options) =>
        options.MaxWait >= TimeSpan.FromSeconds(0.1) && options.MaxWait <= TimeSpan.FromMinutes(1);
}
