using Microsoft.Extensions.Options;

namespace ConnectionTracingDemo.ApiService.Faults;

/// <summary>The servers of the fault lab, for Development: they do on purpose what servers should not.</summary>
internal static class FaultExtensions
{
    /// <summary>Adds what <see cref="MapFaults"/> needs.</summary>
    public static void AddFaults(this IServiceCollection services)
    {
        services.AddOptions<FaultOptions>()
            .BindConfiguration(FaultOptions.Section)
            .Validate(FaultOptions.IsValid, FaultOptions.AllowedValues)
            .ValidateOnStart();

        services.AddSingleton<FaultServers>();
    }

    /// <summary>
    /// Maps <c>/faults</c>. GET: the kinds of servers. <c>POST /faults/{kind}</c> starts one and says where it is,
    /// <c>DELETE /faults/{id}</c> ends it.
    /// </summary>
    public static void MapFaults(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/faults").WithTags("Faults").AddEndpointFilter(RefuseOtherSitesAsync);
        group.MapGet("", () => FaultKind.All.Select(kind => new { kind.Name, kind.Description })).WithName("GetFaultKinds");
        group.MapPost("{kind}", StartAsync).WithName("StartFault");
        group.MapDelete("{id}", StopAsync).WithName("StopFault");
    }

    /// <summary>No page of the web that a developer visits is to start servers here. Browsers say so when another site sends a request.</summary>
    private static ValueTask<object?> RefuseOtherSitesAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.HttpContext.Request.Headers["Sec-Fetch-Site"].ToString() is "" or "none" or "same-origin"
            ? next(context)
            : ValueTask.FromResult<object?>(Results.Problem("Fault servers are not for other sites to start.", statusCode: StatusCodes.Status403Forbidden));

    private static async Task<IResult> StartAsync(string kind, FaultServers servers, IOptions<FaultOptions> options, HttpContext context)
    {
        if (FaultKind.All.FirstOrDefault(known => known.Name == kind) is not { } wanted)
        {
            return Results.Problem(
                $"There is no fault server of this kind. There are: {string.Join(", ", FaultKind.All.Select(known => known.Name))}.",
                statusCode: StatusCodes.Status404NotFound,
                extensions: new Dictionary<string, object?> { ["kinds"] = FaultKind.All.Select(known => known.Name).ToArray() });
        }

        if (await servers.StartAsync(wanted, context.RequestAborted) is not { } running)
        {
            var limit = options.Value;
            context.Response.Headers.RetryAfter = $"{Math.Ceiling(limit.TimeLimit.TotalSeconds)}";
            return Results.Problem(
                $"{limit.MaxServers} fault servers are at work, and {FaultOptions.Section}:{nameof(limit.MaxServers)} allows no more. " +
                $"Stop one, or wait: none lives longer than {limit.TimeLimit.TotalSeconds} s.",
                statusCode: StatusCodes.Status429TooManyRequests);
        }

        if (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there any more to be told its address.
            await servers.StopAsync(running.Id);
        }

        return Results.Created($"/faults/{running.Id}", running);
    }

    private static async Task<IResult> StopAsync(string id, FaultServers servers) =>
        await servers.StopAsync(id)
            ? Results.NoContent()
            : Results.Problem("There is no fault server of this id, or no more.", statusCode: StatusCodes.Status404NotFound);
}
