using System;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using ConnectionTracing.Har;
using ConnectionTracing.Page;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ConnectionTracing.Endpoint;

/// <summary>The requests that are remembered, as a file that browsers and other tools import: those of this process and of the other services on the page.</summary>
internal sealed class HarDownload(IConnectionTracingMonitor monitor, PageServices services, IHostApplicationLifetime lifetime, IServiceProvider provider)
{
    private readonly TimeProvider _time = provider.GetService<TimeProvider>() ?? TimeProvider.System;

    public Task WriteAsync(HttpContext context) => lifetime.RunUntilStopAsync(context, end => WriteAsync(context, end));

    private async Task WriteAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var history = monitor.GetHistory();
        var file = HarFile.Of(services.Own, history.Requests, history.Connections, history.Findings);

        // Services may name each other: one that is asked for its own requests asks no others.
        var others = context.Request.Query.ContainsKey(RemoteUpdateSource.OwnOnly) ? [] : services.Others.ToList();
        if (others.Count > 0)
        {
            file = HarFile.Merge([file, .. await Task.WhenAll(others.Select(other => ReadAsync(other, cancellationToken)))]);
        }

        var response = context.Response;
        response.ContentType = HarFile.MediaType;
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"{FileNameOf(services.Own)}-{_time.GetUtcNow():yyyyMMdd-HHmmss}Z.har\"");
        await file.WriteAsync(response.BodyWriter, cancellationToken);
    }

    /// <summary>The requests of another service or, in a comment, why they are missing.</summary>
    private static async Task<HarFile> ReadAsync(RemoteUpdateSource service, CancellationToken cancellationToken)
    {
        try
        {
            return await service.ReadHarAsync(cancellationToken);
        }
        catch (UpdateSourceException exception)
        {
            return HarFile.Empty($"The requests of {service.Service} are missing. {exception.Message}");
        }
    }

    /// <summary>What file systems and the header take.</summary>
    private static string FileNameOf(string service) => string.Concat(service.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-'));
}
