using System;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using ConnectionTracing.Har;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ConnectionTracing.Endpoint;

/// <summary>The requests that are remembered, as a file that browsers and other tools import.</summary>
internal sealed class HarDownload(
    IConnectionTracingMonitor monitor, IHostEnvironment environment, IConfiguration configuration, IHostApplicationLifetime lifetime, IServiceProvider services)
{
    private readonly TimeProvider _time = services.GetService<TimeProvider>() ?? TimeProvider.System;

    /// <summary>As in the service's telemetry, where its setup says so.</summary>
    private readonly string _service = configuration["OTEL_SERVICE_NAME"] is { Length: > 0 } name ? name : environment.ApplicationName;

    public async Task WriteAsync(HttpContext context)
    {
        var history = monitor.GetHistory();
        var file = HarFile.Of(_service, history.Requests, history.Connections, history.Findings);

        var response = context.Response;
        response.ContentType = HarFile.MediaType;
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"{FileNameOf(_service)}-{_time.GetUtcNow():yyyyMMdd-HHmmss}Z.har\"");

        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await file.WriteAsync(response.BodyWriter, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // A client that does not read must not hold up the stop of the host, and must not take a part for the whole.
            context.Abort();
        }
    }

    /// <summary>What file systems and the header take.</summary>
    private static string FileNameOf(string service) => string.Concat(service.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-'));
}
