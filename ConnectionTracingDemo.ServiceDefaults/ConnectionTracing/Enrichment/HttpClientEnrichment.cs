using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Enrichment;

/// <summary>
/// Subscribes to HttpClient's DiagnosticListener from start to stop of the host. Its notifications are written while the
/// request activity is current.
/// </summary>
internal sealed class HttpClientEnrichment(IOptions<HttpClientEnrichmentOptions> options, ILogger<HttpClientEnrichment> logger)
    : IHostedService, IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string ListenerName = "HttpHandlerDiagnosticListener";
    private const string Start = "System.Net.Http.HttpRequestOut.Start";
    private const string Stop = "System.Net.Http.HttpRequestOut.Stop";
    private const string Failure = "System.Net.Http.Exception";

    private readonly ConcurrentBag<IDisposable> _subscriptions = [];
    private readonly PayloadProperty _request = new("Request");
    private readonly PayloadProperty _response = new("Response");
    private readonly PayloadProperty _exception = new("Exception");
    private IDisposable? _listeners;
    private int _logged;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listeners = DiagnosticListener.AllListeners.Subscribe(this);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _listeners?.Dispose();
        while (_subscriptions.TryTake(out var subscription))
        {
            subscription.Dispose();
        }
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (value.Name == ListenerName)
        {
            _subscriptions.Add(value.Subscribe(this, static name => name is Start or Stop or Failure));
        }
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        // Within another activity HttpClient makes one without a source where nobody wants it: it asks for all data, and nobody records it.
        if (Activity.Current is not { IsAllDataRequested: true, Source.Name: NetworkActivitySources.Http } activity)
        {
            return;
        }

        try
        {
            switch (value.Key)
            {
                case Start when options.Value.OnRequest is { } onRequest && _request.Of(value.Value) is HttpRequestMessage request:
                    onRequest(activity, request);
                    break;

                case Stop when options.Value.OnResponse is { } onResponse && _response.Of(value.Value) is HttpResponseMessage response:
                    onResponse(activity, response);
                    break;

                case Failure when options.Value.OnException is { } onException && _exception.Of(value.Value) is Exception exception:
                    onException(activity, exception);
                    break;
            }
        }
        catch (Exception exception)
        {
            if (Interlocked.Exchange(ref _logged, 1) == 0)
            {
                // A copy: what the lambda holds is made for each event otherwise.
                var name = value.Key;
                CarefulLog.Say(() => logger.LogError(exception, "A callback of AddHttpClientEnrichment failed on {Event}; the request goes on. Further failures are not logged.", name));
            }
        }
    }

    void IObserver<DiagnosticListener>.OnCompleted()
    {
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }
}
