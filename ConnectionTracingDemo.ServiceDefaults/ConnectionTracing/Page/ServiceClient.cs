using System;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;

namespace ConnectionTracing.Page;

/// <summary>
/// The <see cref="HttpClient"/> that asks other services. It has the application's service discovery, where there is one, and none of the other handlers that
/// are added to all clients: the resilience handler would retry, and share its circuit breakers with the application's own requests.
/// </summary>
/// <remarks>
/// The factory is that of the application, and is not added where it has none: the OTLP exporter would use it too, and log each of its requests. Without
/// a factory there is no service discovery for clients.
/// </remarks>
internal sealed class ServiceClient(IServiceProvider services) : IHttpClientFactory
{
    public const string Name = "ConnectionTracing.Page";

    private const string ServiceDiscovery = "Microsoft.Extensions.ServiceDiscovery";

    /// <summary>The longest answer to a command: a report of 200 requests and 50 connections has less than 1 MB.</summary>
    private const int MaxAnswer = 16 * 1024 * 1024;

    private readonly Lazy<HttpClient> _own = new(() =>
    {
        var client = new HttpClient(new FirstSchemeHandler { InnerHandler = new SocketsHttpHandler() });
        Limit(client);
        return client;
    });

    public static void Configure(IServiceCollection services)
    {
        // While a service is down, it is asked once a second. The page says so, the log need not.
        new Builder(services).RemoveAllLoggers();

        // After what the application configures for all clients, whether it does so before or after this.
        services.PostConfigure<HttpClientFactoryOptions>(Name, options =>
        {
            options.HttpClientActions.Add(Limit);
            options.HttpMessageHandlerBuilderActions.Add(builder => KeepServiceDiscovery(builder));
        });
    }

    public HttpClient CreateClient(string name) => services.GetService<IHttpClientFactory>()?.CreateClient(name) ?? _own.Value;

    private static void Limit(HttpClient client)
    {
        // The requests have time limits of their own, and a stream has none.
        client.Timeout = Timeout.InfiniteTimeSpan;
        client.MaxResponseContentBufferSize = MaxAnswer;
    }

    private static void KeepServiceDiscovery(HttpMessageHandlerBuilder builder)
    {
        var handlers = builder.AdditionalHandlers.Where(handler => handler.GetType().Assembly.GetName().Name == ServiceDiscovery).ToList();
        builder.AdditionalHandlers.Clear();
        foreach (var handler in handlers.DefaultIfEmpty(new FirstSchemeHandler()))
        {
            builder.AdditionalHandlers.Add(handler);
        }
    }

    /// <summary>Without service discovery: the first of two schemes, and the host as it is.</summary>
    private sealed class FirstSchemeHandler : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri is { } url && url.Scheme.IndexOf('+', StringComparison.Ordinal) is var plus and > 0)
            {
                request.RequestUri = new Uri(string.Concat(url.Scheme.AsSpan(0, plus), url.AbsoluteUri.AsSpan(url.Scheme.Length)));
            }

            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Builder(IServiceCollection services) : IHttpClientBuilder
    {
        public string Name => ServiceClient.Name;

        public IServiceCollection Services => services;
    }
}
