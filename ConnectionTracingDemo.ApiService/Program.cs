using ConnectionTracingDemo.ApiService.Faults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();

// Errors, unknown paths included, are answered with problem details (RFC 9457).
builder.Services.AddProblemDetails();
builder.Services.AddOpenApi();

if (builder.Environment.IsDevelopment())
{
    builder.Services.AddFaults();
}

var app = builder.Build();

app.UseExceptionHandler();
app.UseStatusCodePages();

if (app.Environment.IsDevelopment())
{
    app.MapOpenApi();
    app.MapFaults();
}

string[] summaries = ["Freezing", "Bracing", "Chilly", "Cool", "Mild", "Warm", "Balmy", "Hot", "Sweltering", "Scorching"];

app.MapGet("/", () => "The weather API is running. Its forecast is at /weatherforecast; in Development its description is at /openapi/v1.json.")
    .ExcludeFromDescription();

app.MapGet("/weatherforecast", () =>
    {
        var today = DateOnly.FromDateTime(DateTime.Now);

        return Enumerable.Range(1, 5)
            .Select(day => new WeatherForecast(today.AddDays(day), Random.Shared.Next(-20, 55), Random.Shared.GetItems(summaries, 1)[0]))
            .ToArray();
    })
    .WithName("GetWeatherForecast");

app.MapDefaultEndpoints();

app.Run();

/// <summary>One day of the forecast. Random: the demo is about the way here, not about the weather.</summary>
internal sealed record WeatherForecast(DateOnly Date, int TemperatureC, string? Summary);
