namespace ConnectionTracingDemo.Web;

/// <summary>The output cache policies by name.</summary>
internal static class OutputCachePolicies
{
    /// <summary>The Weather page. Only answers with status 200 are ever kept.</summary>
    public const string Weather = nameof(Weather);

    /// <summary>For how long the Weather page is kept.</summary>
    public static readonly TimeSpan WeatherDuration = TimeSpan.FromSeconds(5);
}
