using Polly;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>What <see cref="ResilienceHandler"/> tells the strategies about a request.</summary>
internal static class ResilienceKeys
{
    public static readonly ResiliencePropertyKey<HttpRequestMessage> Request = new("Request");
    public static readonly ResiliencePropertyKey<TimeProvider> TimeProvider = new("TimeProvider");
}
