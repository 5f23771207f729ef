namespace ConnectionTracingDemo.Web.FaultLab;

/// <summary>The requests that a run may send, and has sent.</summary>
internal sealed class RequestLimit(int max)
{
    private readonly HashSet<(string Host, int Port)> _targets = [];
    private int _sent;

    public int Sent => Volatile.Read(ref _sent);

    public bool IsTarget(string? host, int? port)
    {
        lock (_targets)
        {
            return host is not null && port is { } known && _targets.Contains((host, known));
        }
    }

    public HttpMessageHandler Guard(SocketsHttpHandler handler) => new Handler(this, handler);

    private void Count(Uri target)
    {
        if (Interlocked.Increment(ref _sent) > max)
        {
            Interlocked.Decrement(ref _sent);
            throw new FaultLabException(
                StatusCodes.Status500InternalServerError,
                $"The run was about to send more than {max} requests and was stopped. {FaultLabOptions.Section}:{nameof(FaultLabOptions.MaxRequests)} sets that limit.");
        }

        lock (_targets)
        {
            _targets.Add((target.IdnHost, target.Port));
        }
    }

    private sealed class Handler(RequestLimit limit, SocketsHttpHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            limit.Count(request.RequestUri!);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
