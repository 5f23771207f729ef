using System.Diagnostics;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Diagnosis;

/// <summary>
/// Activities as System.Net emits them, at times that the test chooses: for what cannot be provoked on loopback. Times are in
/// milliseconds after a common start.
/// </summary>
internal sealed class MadeUpRequest : IDisposable
{
    private static readonly DateTime Origin = DateTime.UtcNow.AddMinutes(-1);

    private readonly ActivitySource _http = new("System.Net.Http");
    private readonly ActivitySource _connections = new("Experimental.System.Net.Http.Connections");
    private readonly ActivitySource _names = new("Experimental.System.Net.NameResolution");
    private readonly Activity _request;
    private readonly Activity _wait;
    private readonly Activity _setup;

    public MadeUpRequest(string host, int start)
    {
        Activity.Current = null;
        _request = Start(_http, "System.Net.Http.HttpRequestOut", start);
        _request.SetTag("server.address", host).SetTag("server.port", 80).SetTag("url.full", $"http://{host}/").SetTag("http.request.method", "GET");
        _wait = Start(_connections, "Experimental.System.Net.Http.Connections.WaitForConnection", start);
        Activity.Current = _request;
        Activity.Current = null;
        _setup = Start(_connections, "Experimental.System.Net.Http.Connections.ConnectionSetup", start);
        _setup.SetTag("server.address", host).SetTag("server.port", 80).SetTag("url.scheme", "http");
    }

    public MadeUpRequest Lookup(int start, int end, string? errorType = null)
    {
        Activity.Current = _setup;
        var lookup = Start(_names, "Experimental.System.Net.NameResolution.DnsLookup", start);
        if (errorType is not null)
        {
            lookup.SetTag("error.type", errorType).SetStatus(ActivityStatusCode.Error);
        }

        End(lookup, end);
        return this;
    }

    /// <summary>The connection is there.</summary>
    public void Open(int end)
    {
        End(_setup, end);
        End(_wait, end);
    }

    /// <summary>The connection is there, and serves the request.</summary>
    public void Succeed(int end)
    {
        if (!_setup.IsStopped)
        {
            Open(end);
        }

        _request.AddLink(new ActivityLink(_setup.Context));
        _request.SetTag("http.response.status_code", 200).SetTag("network.protocol.version", "1.1");
        EndRequest(end);
    }

    public void Fail(int end, string errorType)
    {
        foreach (var activity in new[] { _setup, _wait })
        {
            activity.SetTag("error.type", errorType).SetStatus(ActivityStatusCode.Error);
            End(activity, end);
        }

        _request.SetTag("error.type", errorType).SetStatus(ActivityStatusCode.Error);
        EndRequest(end);
    }

    public void Dispose()
    {
        _http.Dispose();
        _connections.Dispose();
        _names.Dispose();
    }

    private void EndRequest(int end)
    {
        // As where it really ends: within itself.
        Activity.Current = _request;
        End(_request, end);
        Activity.Current = null;
    }

    private static Activity Start(ActivitySource source, string name, int start) =>
        source.StartActivity(name, ActivityKind.Client, default(ActivityContext), tags: null, links: null, Origin.AddMilliseconds(start))!;

    private static void End(Activity activity, int end) => activity.SetEndTime(Origin.AddMilliseconds(end)).Stop();
}
