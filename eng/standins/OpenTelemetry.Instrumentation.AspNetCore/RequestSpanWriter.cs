using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace OpenTelemetry.Instrumentation.AspNetCore;

/// <summary>
/// Gives the activity of a request the name and attributes of the HTTP semantic conventions for servers.
/// </summary>
/// <remarks>
/// ASP.NET Core 10 sets some of the attributes itself where the AppContext switch
/// <c>Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData</c> is false. All of them are written here either way, to the same
/// values: writing a tag twice replaces it, so none is missing and none is there twice, however the switch stands.
/// </remarks>
internal sealed partial class RequestSpanWriter(AspNetCoreTraceInstrumentationOptions options, bool redactQuery)
{
    private const string OtherMethod = "_OTHER";

    private static readonly FrozenSet<string> KnownMethods = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        HttpMethods.Connect, HttpMethods.Delete, HttpMethods.Get, HttpMethods.Head, HttpMethods.Options, HttpMethods.Patch,
        HttpMethods.Post, HttpMethods.Put, HttpMethods.Query, HttpMethods.Trace);

    public void Start(Activity activity, HttpContext context)
    {
        if (!activity.IsAllDataRequested)
        {
            return;
        }

        if (!IsWanted(context))
        {
            // A processor gets no span that does not record, and a parent-based sampler drops the children of one that is not sampled.
            activity.IsAllDataRequested = false;
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        activity.DisplayName = SpanName(context.Request.Method, route: null);
        WriteRequest(activity, context.Request);
        Enrich(options.EnrichWithHttpRequest, activity, context.Request);
    }

    public void Stop(Activity activity, HttpContext context)
    {
        if (!activity.IsAllDataRequested)
        {
            return;
        }

        if (Route(context) is { } route)
        {
            activity.DisplayName = SpanName(context.Request.Method, route);
            activity.SetTag(SpanAttributes.HttpRoute, route);
        }

        var statusCode = context.Response.StatusCode;
        activity.SetTag(SpanAttributes.HttpResponseStatusCode, statusCode);

        // What the client did wrong, 4xx, is no error of the server.
        if (statusCode is >= 500 and <= 599)
        {
            // An exception says more than the status code that it became.
            if (activity.GetTagItem(SpanAttributes.ErrorType) is null)
            {
                activity.SetTag(SpanAttributes.ErrorType, statusCode.ToString(CultureInfo.InvariantCulture));
            }

            // The application may have decided about the status itself.
            if (activity.Status == ActivityStatusCode.Unset)
            {
                activity.SetStatus(ActivityStatusCode.Error);
            }
        }

        Enrich(options.EnrichWithHttpResponse, activity, context.Response);
    }

    public void Fail(Activity activity, Exception exception)
    {
        if (!activity.IsAllDataRequested)
        {
            return;
        }

        activity.SetTag(SpanAttributes.ErrorType, exception.GetType().FullName);
        activity.SetStatus(ActivityStatusCode.Error);

        if (options.RecordException)
        {
            activity.AddException(exception);
        }

        Enrich(options.EnrichWithException, activity, exception);
    }

    private void WriteRequest(Activity activity, HttpRequest request)
    {
        var method = CanonicalMethod(request.Method);
        activity.SetTag(SpanAttributes.HttpRequestMethod, method);

        if (method != request.Method)
        {
            activity.SetTag(SpanAttributes.HttpRequestMethodOriginal, request.Method);
        }

        activity.SetTag(SpanAttributes.UrlScheme, request.Scheme);

        // Middleware may change the path and move parts of it to the base later on; this is what the client asked for.
        var path = request.PathBase.Add(request.Path);
        activity.SetTag(SpanAttributes.UrlPath, path.HasValue ? path.ToUriComponent() : "/");

        if (request.QueryString.Value is { Length: > 0 } query)
        {
            activity.SetTag(SpanAttributes.UrlQuery, redactQuery ? Redact(query) : query);
        }

        // HTTP/1.0 knows requests without a host; clients leave the default port out.
        if (request.Host.HasValue)
        {
            activity.SetTag(SpanAttributes.ServerAddress, request.Host.Host);
        }

        if (request.Host.Port is { } port)
        {
            activity.SetTag(SpanAttributes.ServerPort, port);
        }

        if (request.Headers.UserAgent.ToString() is { Length: > 0 } userAgent)
        {
            activity.SetTag(SpanAttributes.UserAgentOriginal, userAgent);
        }

        if (ProtocolVersion(request.Protocol) is { } version)
        {
            activity.SetTag(SpanAttributes.NetworkProtocolVersion, version);
        }
    }

    private bool IsWanted(HttpContext context)
    {
        try
        {
            return options.Filter?.Invoke(context) ?? true;
        }
        catch (Exception exception)
        {
            InstrumentationEventSource.Log.CallbackFailed(nameof(options.Filter), exception.ToString());
            return false;
        }
    }

    private static void Enrich<T>(Action<Activity, T>? callback, Activity activity, T source)
    {
        try
        {
            callback?.Invoke(activity, source);
        }
        catch (Exception exception)
        {
            InstrumentationEventSource.Log.CallbackFailed($"EnrichWith{typeof(T).Name}", exception.ToString());
        }
    }

    // The conventions keep unknown methods, which anybody can send, out of names and metrics.
    private static string CanonicalMethod(string method) => KnownMethods.TryGetValue(method, out var known) ? known : OtherMethod;

    private static string SpanName(string method, string? route)
    {
        var canonical = CanonicalMethod(method);
        var name = canonical == OtherMethod ? "HTTP" : canonical;

        return route is null ? name : $"{name} {route}";
    }

    private static string? Route(HttpContext context)
    {
        // UseExceptionHandler clears the endpoint before it runs the handler, but remembers it.
        var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        var route = endpoint?.Metadata.GetMetadata<IRouteDiagnosticsMetadata>()?.Route;

        return route is "" ? "/" : route;
    }

    private static string? ProtocolVersion(string protocol) => protocol switch
    {
        _ when HttpProtocol.IsHttp11(protocol) => "1.1",
        _ when HttpProtocol.IsHttp2(protocol) => "2",
        _ when HttpProtocol.IsHttp3(protocol) => "3",
        _ when HttpProtocol.IsHttp10(protocol) => "1.0",
        _ => null,
    };

    internal static string Redact(string query) => QueryValue.Replace(query, "=Redacted");

    [GeneratedRegex("=[^&]*")]
    private static partial Regex QueryValue { get; }
}
