using System.Diagnostics.CodeAnalysis;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Excludes requests from being retried.</summary>
[Experimental("EXTEXP0001")]
public static class HttpRetryStrategyOptionsExtensions
{
    /// <summary>Sends requests with methods that change something (DELETE, POST, PUT, PATCH, CONNECT) only once.</summary>
    public static void DisableForUnsafeHttpMethods(this HttpRetryStrategyOptions options) =>
        options.DisableFor(HttpMethod.Delete, HttpMethod.Post, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Connect);

    /// <summary>Sends requests with one of <paramref name="methods"/> only once.</summary>
    public static void DisableFor(this HttpRetryStrategyOptions options, params HttpMethod[] methods)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfZero(methods.Length);

        var shouldHandle = options.ShouldHandle;
        options.ShouldHandle = async args =>
        {
            var excluded = args.Context.Properties.TryGetValue(ResilienceKeys.Request, out var request) && methods.Contains(request.Method);
            return !excluded && await shouldHandle(args).ConfigureAwait(false);
        };
    }
}
