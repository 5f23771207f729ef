using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace ConnectionTracingDemo.Web.FaultLab;

/// <summary>The fault lab, for Development: faults on purpose, to see what they look like. Its page is <c>/fault-lab</c>.</summary>
internal static class FaultLabExtensions
{
    public static void AddFaultLab(this IServiceCollection services)
    {
        services.AddOptions<FaultLabOptions>()
            .BindConfiguration(FaultLabOptions.Section)
            .Validate(FaultLabOptions.IsValid, FaultLabOptions.AllowedValues)
            .ValidateOnStart();

        services.AddHttpClient(FaultServerClient.ClientName, client => client.BaseAddress = new Uri("https+http://apiservice"))
            // Without the standard resilience handler: retries would hold up the answer to the visitor, and apiservice would start a server for each.
            .ConfigureAdditionalHttpMessageHandlers((handlers, _) => handlers.Clear())
            .AddServiceDiscovery();

        services.AddSingleton<FaultServerClient>();
        services.AddSingleton<FaultLabRunner>();
    }

    /// <summary>The activity of a request; there is one while connection tracing, or anything else, listens to requests.</summary>
    public static Activity RequestActivity(HttpContext context) =>
        context.Features.Get<IHttpActivityFeature>()?.Activity ?? throw new InvalidOperationException("Nothing records this request: is logging, and OpenTelemetry, switched off?");

    /// <summary>Maps <c>POST /fault-lab/runs/{id}</c>: runs a scenario and answers with a <see cref="FaultLabRun"/>, for scripts and tests.</summary>
    public static void MapFaultLab(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/fault-lab/runs/{id}", RunAsync);

    private static async Task<IResult> RunAsync(string id, FaultLabRunner runner, HttpContext context)
    {
        // Browsers say so when another site sends a request, and this one carries no antiforgery token.
        if (context.Request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "none" or "same-origin"))
        {
            return Results.Problem("Runs are not for other sites to start.", statusCode: StatusCodes.Status403Forbidden);
        }

        if (FaultScenarios.Find(id) is not { } scenario)
        {
            return Results.Problem(
                $"There is no scenario of this name. There are: {string.Join(", ", FaultScenarios.All.Select(known => known.Id))}.",
                statusCode: StatusCodes.Status404NotFound);
        }

        try
        {
            return Results.Ok(await runner.RunAsync(scenario, RequestActivity(context), context.RequestAborted));
        }
        catch (FaultLabException exception)
        {
            return Results.Problem(exception.Message, statusCode: exception.Status);
        }
    }
}
