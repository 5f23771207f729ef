using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.RateLimiting;
using Polly.Registry;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Keeps one pipeline per name. <see cref="IHttpClientFactory"/> replaces handlers every two minutes; circuits and limiters outlive them here.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Disposing the registry waits up to 30 s for requests that still run, and all it holds is memory.")]
internal sealed class StandardPipelines
{
    private readonly ResiliencePipelineRegistry<string> _registry;
    private readonly IOptionsMonitor<HttpStandardResilienceOptions> _options;
    private readonly TimeProvider _timeProvider;

    public StandardPipelines(IOptionsMonitor<HttpStandardResilienceOptions> options, ILoggerFactory loggerFactory, TimeProvider? timeProvider = null)
    {
        _options = options;
        _timeProvider = timeProvider ?? TimeProvider.System;

        var telemetry = new ResilienceEventLogger(loggerFactory);
        _registry = new(new()
        {
            BuilderFactory = () => new() { TimeProvider = _timeProvider, TelemetryListener = telemetry },
            BuilderNameFormatter = name => name,
        });
    }

    public ResilienceHandler CreateHandler(string name) =>
        new(_registry.GetOrAddPipeline<HttpResponseMessage>(name, Configure), _timeProvider);

    private void Configure(ResiliencePipelineBuilder<HttpResponseMessage> builder, ConfigureBuilderContext<string> context)
    {
        ReloadOnChange(context);

        var options = _options.Get(context.PipelineKey);

        var limiter = new ConcurrencyLimiter(options.RateLimiter.DefaultRateLimiterOptions);
        context.OnPipelineDisposed(limiter.Dispose);

        builder
            .AddStrategy(strategy => new RateLimiterStrategy(limiter, strategy.Telemetry), options.RateLimiter)
            .AddTimeout(options.TotalRequestTimeout)
            .AddRetry(options.Retry)
            .AddCircuitBreaker(options.CircuitBreaker)
            .AddTimeout(options.AttemptTimeout);
    }

    private void ReloadOnChange(ConfigureBuilderContext<string> context)
    {
        var name = context.PipelineKey;
        var changed = new CancellationTokenSource();
        var registration = _options.OnChange((_, changedName) =>
        {
            if (changedName == name)
            {
                changed.Cancel();
            }
        });

        context.AddReloadToken(changed.Token);
        context.OnPipelineDisposed(() => registration?.Dispose());
    }
}
