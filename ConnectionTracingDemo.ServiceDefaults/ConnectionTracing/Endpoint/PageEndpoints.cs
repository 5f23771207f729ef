using System;
using System.Linq;
using System.Net.Mime;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using ConnectionTracing.Page;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace ConnectionTracing.Endpoint;

/// <summary>The page, its files, and what it asks for.</summary>
internal sealed class PageEndpoints(
    IServiceProvider provider, PageServices services, EventStream stream, IHostApplicationLifetime lifetime,
    IOptionsMonitor<ConnectionTracingOptions> options, ILogger<PageRelay> logger)
{
    /// <summary>No scripts and styles but the page's own files, whatever is in the texts that it shows.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly PageRelay _relay = new(provider.GetService<TimeProvider>() ?? TimeProvider.System, logger);

    /// <summary>Whether a request is for the page, as browsers ask for one; else it is for the JSON, as scripts do that accept anything.</summary>
    public static bool IsWanted(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        var html = accepted.Where(type => type.MediaType.Equals(MediaTypeNames.Text.Html, StringComparison.OrdinalIgnoreCase)).Select(type => type.Quality ?? 1).DefaultIfEmpty(0).Max();
        return html > 0 && html >= QualityOf(MediaTypeNames.Application.Json);

        // The more specific range counts, https://www.rfc-editor.org/rfc/rfc9110#name-accept.
        double QualityOf(string wanted) => accepted
            .Where(range => new MediaTypeHeaderValue(wanted).IsSubsetOf(range))
            .OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0)
            .Select(range => range.Quality ?? 1)
            .FirstOrDefault(0);
    }

    public Task ShowAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(
            PageAssets.Render(AssetsOf(context.Request), options.CurrentValue.Page.Dashboard ?? "", services.Own), Encoding.UTF8, context.RequestAborted);
    }

    public static Task SendAssetAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["file"]!;
        if (PageAssets.Find(name) is not { } asset)
        {
            return new EndpointProblem(StatusCodes.Status404NotFound, "There is no such file.", $"The page has no file '{name}'.").WriteAsync(context.Response);
        }

        var response = context.Response;
        response.Headers.ETag = asset.Tag;
        response.Headers.XContentTypeOptions = "nosniff";
        // The browser asks each time, and gets the file again only after an update of the library.
        response.Headers.CacheControl = "no-cache";
        var tag = new EntityTagHeaderValue(asset.Tag);
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = asset.ContentType;
        response.ContentLength = asset.Content.Length;
        return response.Body.WriteAsync(asset.Content, context.RequestAborted).AsTask();
    }

    public Task WatchAsync(HttpContext context)
    {
        var last = context.Request.Headers["Last-Event-ID"].ToString();
        var positions = PagePositions.Parse(last.Length > 0 ? last : context.Request.Query["after"]);
        return stream.WriteAsync(context, end => _relay.WatchAsync(services.All, positions, end), PageJson.Default.PageMessage);
    }

    /// <summary>Switches a service.</summary>
    /// <param name="context">The request.</param>
    /// <param name="switchOwn">Switches this process.</param>
    public async Task SwitchAsync(HttpContext context, Func<HttpContext, Task> switchOwn)
    {
        var name = (string)context.Request.RouteValues["name"]!;
        if (services.IsOwn(name))
        {
            await switchOwn(context);
            return;
        }

        if (services.FindOther(name) is not { } service)
        {
            await new EndpointProblem(StatusCodes.Status404NotFound, "There is no such service.", services.HasOthers
                ? $"The page does not show '{name}'. Name it in the setting {ConnectionTracingOptions.SectionName}:Page:Services."
                : $"Outside of Development, the page shows and switches no service but its own, {services.Own}.").WriteAsync(context.Response);
            return;
        }

        var (command, problem) = await SwitchCommand.ReadAsync(context.Request);
        if (command is null)
        {
            await EndpointProblem.NotACommand(problem!).WriteAsync(context.Response);
            return;
        }

        await lifetime.RunUntilStopAsync(context, end => SwitchAsync(context, service, command, end));
    }

    private static async Task SwitchAsync(HttpContext context, RemoteUpdateSource service, SwitchCommand command, CancellationToken cancellationToken)
    {
        byte[] answer;
        try
        {
            answer = await service.SwitchAsync(command.ToJson(), cancellationToken);
        }
        catch (UpdateSourceException exception)
        {
            await new EndpointProblem(StatusCodes.Status502BadGateway, $"{service.Service} was not switched.", exception.Message).WriteAsync(context.Response);
            return;
        }

        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.Body.WriteAsync(answer, cancellationToken);
    }

    /// <summary>Relative to the page: a proxy may have left out the beginning of the path, and the application may have a base path.</summary>
    private static string AssetsOf(HttpRequest request)
    {
        var path = (request.PathBase + request.Path).ToUriComponent();
        var last = path[(path.LastIndexOf('/') + 1)..];
        return last.Length == 0 ? "page/" : $"{last}/page/";
    }
}
