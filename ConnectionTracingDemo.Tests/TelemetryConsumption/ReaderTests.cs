using Yarp.Telemetry.Consumption;

namespace ConnectionTracingDemo.Tests.TelemetryConsumption;

/// <summary>Events of every shape, straight into the readers.</summary>
public sealed class ReaderTests
{
    private const string Http = "System.Net.Http";
    private const string Dns = "System.Net.NameResolution";
    private const string Tls = "System.Net.Security";
    private const string Sockets = "System.Net.Sockets";
    private const string Kestrel = "Microsoft-AspNetCore-Server-Kestrel";

    private readonly LogRecorder _log = new();
    private readonly Recorder _recorder = new();

    public static TheoryData<string, string, object?[], string> Events => new()
    {
        { Http, "RequestStart", ["https", "host", 443, "/path", (byte)1, (byte)1, 0], "OnRequestStart https host 443 /path 1 1 RequestVersionOrLower" },
        { Http, "RequestStop", [200], "OnRequestStop 200" },
        { Http, "RequestFailed", ["why"], "OnRequestFailed why" },
        { Http, "ConnectionEstablished", [(byte)2, (byte)0, 7L, "https", "host", 443, "10.0.0.1"], "OnConnectionEstablished 2 0 7 https host 443 10.0.0.1" },
        { Http, "ConnectionEstablished", [(byte)2, (byte)0, 7L, "https", "host", 443, null], "OnConnectionEstablished 2 0 7 https host 443 null" },
        { Http, "ConnectionClosed", [(byte)1, (byte)1, 7L], "OnConnectionClosed 1 1 7" },
        { Http, "RequestLeftQueue", [1.5, (byte)1, (byte)1], "OnRequestLeftQueue 00:00:00.0015000 1 1" },
        { Http, "RequestHeadersStart", [7L], "OnRequestHeadersStart 7" },
        { Http, "RequestHeadersStop", [], "OnRequestHeadersStop" },
        { Http, "RequestContentStart", [], "OnRequestContentStart" },
        { Http, "RequestContentStop", [9L], "OnRequestContentStop 9" },
        { Http, "ResponseHeadersStart", [], "OnResponseHeadersStart" },
        { Http, "ResponseHeadersStop", [404], "OnResponseHeadersStop 404" },
        { Http, "ResponseContentStart", [], "OnResponseContentStart" },
        { Http, "ResponseContentStop", [], "OnResponseContentStop" },
        { Http, "Redirect", ["https://elsewhere/"], "OnRedirect https://elsewhere/" },
        { Dns, "ResolutionStart", ["name"], "OnResolutionStart name" },
        { Dns, "ResolutionStop", [], "OnResolutionStop" },
        { Dns, "ResolutionFailed", [], "OnResolutionFailed" },
        { Tls, "HandshakeStart", [true, ""], "OnHandshakeStart True " },
        { Tls, "HandshakeStop", [12288], "OnHandshakeStop Tls13" },
        { Tls, "HandshakeFailed", [false, 2.5, "why"], "OnHandshakeFailed False 00:00:00.0025000 why" },
        { Sockets, "ConnectStart", ["InterNetwork:16:{}"], "OnConnectStart InterNetwork:16:{}" },
        { Sockets, "ConnectStop", [], "OnConnectStop" },
        { Sockets, "ConnectFailed", [10061, ""], "OnConnectFailed ConnectionRefused " },
        { Kestrel, "ConnectionStart", ["c", "local", "remote"], "OnConnectionStart c local remote" },
        { Kestrel, "ConnectionStart", ["c", null, null], "OnConnectionStart c null null" },
        { Kestrel, "ConnectionStop", ["c"], "OnConnectionStop c" },
        { Kestrel, "RequestStart", ["c", "r", "HTTP/1.1", "/", "GET"], "OnRequestStart c r HTTP/1.1 / GET" },
        { Kestrel, "RequestStop", ["c", "r", "HTTP/1.1", "/", "GET"], "OnRequestStop c r HTTP/1.1 / GET" },
    };

    [Theory]
    [MemberData(nameof(Events))]
    public void Every_event_reaches_its_method_with_its_time(string source, string name, object?[] payload, string call)
    {
        var time = DateTime.UtcNow;

        Reader(source, _recorder).Read(new TelemetryEvent(name, time, payload));

        Assert.Equal([call], _recorder.Calls);
        Assert.Equal([time], _recorder.Timestamps);
        Assert.Empty(_log.Messages);
    }

    [Theory]
    [MemberData(nameof(Events))]
    public void A_payload_that_grew_is_fine(string source, string name, object?[] payload, string call)
    {
        Reader(source, _recorder).Read(new TelemetryEvent(name, default, [.. payload, "news", 1]));

        Assert.Equal([call], _recorder.Calls);
        Assert.Empty(_log.Messages);
    }

    [Theory]
    [MemberData(nameof(Events))]
    public void A_payload_that_shrank_or_changed_is_passed_over_and_said_once(string source, string name, object?[] payload, string call)
    {
        var reader = Reader(source, _recorder);
        object?[][] unknown = payload.Length == 0 ? [] : [payload[..^1], [.. payload.Select(_ => (object?)'?')]];

        foreach (var values in unknown)
        {
            reader.Read(new TelemetryEvent(name, default, values));
            reader.Read(new TelemetryEvent(name, default, values));
        }

        Assert.DoesNotContain(call, _recorder.Calls);
        Assert.Equal(unknown.Length == 0 ? [] : [$"Warning: {source}/{name} has a payload that is not known; such events reach no consumer. This is logged once."], _log.Messages);
    }

    [Theory]
    [InlineData(Http)]
    [InlineData(Dns)]
    [InlineData(Tls)]
    [InlineData(Sockets)]
    [InlineData(Kestrel)]
    public void Events_without_a_method_are_no_concern(string source)
    {
        Reader(source, _recorder).Read(new TelemetryEvent("New", default, [1]));

        Assert.Empty(_recorder.Calls);
        Assert.Empty(_log.Messages);
    }

    [Fact]
    public void A_consumer_that_throws_stops_nobody_else_and_is_logged_once()
    {
        var reader = Reader(Http, new Thrower(), _recorder);

        reader.Read(new TelemetryEvent("RequestStop", default, [200]));
        reader.Read(new TelemetryEvent("RequestStop", default, [201]));

        Assert.Equal(["OnRequestStop 200", "OnRequestStop 201"], _recorder.Calls);
        Assert.Equal([$"Error: {typeof(Thrower).FullName} threw in RequestStop; this is logged once. always"], _log.Messages);
    }

    [Fact]
    public void The_short_methods_are_called_where_there_is_no_long_one()
    {
        var consumer = new ShortMethods();
        var reader = Reader(Http, consumer);

        foreach (var (_, name, payload, _) in Events.Select(row => row.Data).Where(data => data.Item1 == Http))
        {
            reader.Read(new TelemetryEvent(name, default, payload));
        }

        Assert.Equal(["stop", "failed", "established", "established", "closed", "request headers", "response headers"], consumer.Calls);
    }

    private EventSourceReader Reader(string source, params object[] consumers)
    {
        var guard = new ConsumerGuard(_log);

        return source switch
        {
            Http => new HttpEventReader(consumers.Cast<IHttpTelemetryConsumer>(), [], guard),
            Dns => new NameResolutionEventReader(consumers.Cast<INameResolutionTelemetryConsumer>(), [], guard),
            Tls => new NetSecurityEventReader(consumers.Cast<INetSecurityTelemetryConsumer>(), [], guard),
            Sockets => new SocketsEventReader(consumers.Cast<ISocketsTelemetryConsumer>(), [], guard),
            _ => new KestrelEventReader(consumers.Cast<IKestrelTelemetryConsumer>(), [], guard),
        };
    }

    private sealed class Thrower : IHttpTelemetryConsumer
    {
        public void OnRequestStop(DateTime timestamp) => throw new InvalidOperationException("always");
    }

    private sealed class ShortMethods : IHttpTelemetryConsumer
    {
        public List<string> Calls { get; } = [];

        public void OnRequestStop(DateTime timestamp) => Calls.Add("stop");

        public void OnRequestFailed(DateTime timestamp) => Calls.Add("failed");

        public void OnConnectionEstablished(DateTime timestamp, int versionMajor, int versionMinor) => Calls.Add("established");

        public void OnConnectionClosed(DateTime timestamp, int versionMajor, int versionMinor) => Calls.Add("closed");

        public void OnRequestHeadersStart(DateTime timestamp) => Calls.Add("request headers");

        public void OnResponseHeadersStop(DateTime timestamp) => Calls.Add("response headers");
    }
}
