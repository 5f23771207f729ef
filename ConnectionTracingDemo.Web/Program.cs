using ConnectionTracingDemo.Web;
using ConnectionTracingDemo.Web.Components;
using ConnectionTracingDemo.Web.FaultLab;

var builder = WebApplication.CreateBuilder(args);

// Development does this by itself. Elsewhere the built (not published) program would answer its compressed assets with nothing.
builder.WebHost.UseStaticWebAssets();

builder.AddServiceDefaults();

builder.Services.AddRazorComponents();

// The page is kept for 5 s. Without the lock visitors ask the API side by side: with it, those who come while it does not answer
// would first wait for the visitor before them to give up, and then wait themselves.
builder.Services.AddOutputCache(options =>
    options.AddPolicy(OutputCachePolicies.Weather, policy => policy.Expire(OutputCachePolicies.WeatherDuration).SetLocking(false)));

builder.Services.AddSingleton<DashboardLinks>();

builder.Services.AddOptions<WeatherApiOptions>()
    .BindConfiguration(WeatherApiOptions.Section)
    .Validate(WeatherApiOptions.IsValid, WeatherApiOptions.AllowedValues)
    .ValidateOnStart();

// https+http: https where the API has it, http where it has not. Service discovery turns the name into an address.
builder.Services.AddHttpClient<WeatherApiClient>(client => client.BaseAddress = new Uri("https+http://apiservice"));

if (builder.Environment.IsDevelopment())
{
    builder.Services.AddFaultLab();
}

var app = builder.Build();

if (!app.Environment.IsDevelopment())
{
    app.UseExceptionHandler("/error", createScopeForErrors: true);
    app.UseHsts();
}

app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);

app.UseHttpsRedirection();

app.UseAntiforgery();

app.UseOutputCache();

app.MapStaticAssets();
app.MapRazorComponents<App>();

app.MapDefaultEndpoints();

if (app.Environment.IsDevelopment())
{
    app.MapFaultLab();
}

app.Run();
