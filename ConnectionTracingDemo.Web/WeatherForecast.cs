namespace ConnectionTracingDemo.Web;

/// <summary>One day as the weather API tells it.</summary>
internal sealed record WeatherForecast(DateOnly Date, int TemperatureC, string? Summary = null)
{
    public int TemperatureF => 32 + (int)Math.Round(TemperatureC * 1.8);
}
