using System.Text.Json;
using Microsoft.Extensions.Options;

namespace ConnectionTracingDemo.Web;

/// <summary>Asks the weather API, and waits no longer than <see cref="WeatherApiOptions.MaxWait"/>.</summary>
internal sealed class WeatherApiClient(HttpClient httpClient, IOptions<WeatherApiOptions> options)
{
    // A day without a date or a temperature is not a forecast; by default JSON would make it the year 1 and 0 °C.
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true };

    /// <summary>Gets the forecast, at most <paramref name="maxItems"/> days of it.</summary>
    /// <exception cref="TimeoutException">No usable answer came in time.</exception>
    /// <exception cref="HttpRequestException">The API could not be reached, or answered with an error.</exception>
    /// <exception cref="JsonException">The answer is not a forecast.</exception>
    public async Task<IReadOnlyList<WeatherForecast>> GetForecastAsync(int maxItems = 10, CancellationToken cancellationToken = default)
    {
        var maxWait = options.Value.MaxWait;

        using var timeLimit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeLimit.CancelAfter(maxWait);

        try
        {
            return await ReadForecastAsync(maxItems, timeLimit.Token);
        }
        catch (OperationCanceledException exception) when (timeLimit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The weather API gave no usable answer within {maxWait.TotalSeconds} s.", exception);
        }
    }

    private async Task<IReadOnlyList<WeatherForecast>> ReadForecastAsync(int maxItems, CancellationToken cancellationToken)
    {
        List<WeatherForecast> forecast = [];

        // Item by item, so that an answer without end is not read to its end.
        await foreach (var day in httpClient.GetFromJsonAsAsyncEnumerable<WeatherForecast>("/weatherforecast", JsonOptions, cancellationToken))
        {
            forecast.Add(day ?? throw new JsonException("The weather API sent null instead of a day."));

            if (forecast.Count >= maxItems)
            {
                break;
            }
        }

        // The API always tells some days. An answer without any, null included, is not to be shown, let alone cached, as an empty table.
        return forecast.Count > 0 ? forecast : throw new JsonException("The weather API sent no day at all.");
    }
}
