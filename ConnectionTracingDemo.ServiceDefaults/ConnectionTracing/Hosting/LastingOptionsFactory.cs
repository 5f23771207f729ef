using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using ConnectionTracing.Runtime;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ConnectionTracing.Hosting;

/// <summary>
/// Creates the options. Wrong values stop the start. After that, a reload with wrong values must not throw into the code that reloads: they
/// are refused with a log line, and the previous values stay.
/// </summary>
internal sealed partial class LastingOptionsFactory(
    IEnumerable<IConfigureOptions<ConnectionTracingOptions>> setups,
    IEnumerable<IPostConfigureOptions<ConnectionTracingOptions>> postConfigures,
    IEnumerable<IValidateOptions<ConnectionTracingOptions>> validations,
    ILogger<LastingOptionsFactory> logger) : OptionsFactory<ConnectionTracingOptions>(setups, postConfigures, validations), IOptionsFactory<ConnectionTracingOptions>
{
    private readonly SafeLogger _logger = new(logger);
    private readonly ConcurrentDictionary<string, ConnectionTracingOptions> _last = new();

    ConnectionTracingOptions IOptionsFactory<ConnectionTracingOptions>.Create(string name)
    {
        try
        {
            return _last[name] = Create(name);
        }
        catch (Exception exception) when (_last.TryGetValue(name, out var last))
        {
            LogRefused(_logger, exception.Message);
            return last;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The new settings of connection tracing are refused, the previous ones stay: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
