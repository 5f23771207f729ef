using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;

namespace ConnectionTracingDemo.Stress;

/// <summary>Tells the ledger of the requests, as an exporter would get them.</summary>
internal sealed class LedgerProcessor(Ledger ledger) : BaseProcessor<Activity>
{
    public override void OnStart(Activity data)
    {
        if (data.Source.Name == "System.Net.Http")
        {
            ledger.OnStart(data);
        }
    }

    public override void OnEnd(Activity data)
    {
        if (data.Source.Name == "System.Net.Http")
        {
            ledger.OnEnd(data);
        }
    }
}

/// <summary>Sends a request at the end of each request of one operation, on the same thread.</summary>
internal sealed class NestedCallProcessor(string operation, Servers servers, Clients clients, Violations violations) : BaseProcessor<Activity>
{
    private long _calls;

    public override void OnEnd(Activity data)
    {
        if (data.Source.Name != "System.Net.Http" || data.GetTagItem("url.full") is not string url || !url.Contains($"/{operation}/", StringComparison.Ordinal))
        {
            return;
        }

        try
        {
            var id = Interlocked.Increment(ref _calls);
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{servers.PortOf(Transport.Http1, rough: false)}/of-{operation}/{id}?seed={id}&size=100");
            using var response = clients.Calm(Transport.Http1).Send(request);
            using var body = new MemoryStream();
            response.Content.CopyTo(body, null, CancellationToken.None);
            Payload.Check(body.ToArray(), id, 100);
        }
        catch (Exception exception)
        {
            violations.Add($"operation {operation} failed", exception.ToString());
        }
    }
}

internal sealed class NoExport : BaseProcessor<Activity>;

/// <summary>The library logs what went wrong within it: none of that should.</summary>
internal sealed class LibraryLog(Violations violations) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        violations.Add("connection tracing logs a warning or an error", $"{formatter(state, exception)} {exception}");

    public void Dispose()
    {
    }
}
