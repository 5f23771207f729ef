using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ConnectionTracing;
using ConnectionTracingDemo.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Page;

/// <summary>Stands for a service: its <c>/connection-tracing</c> tells what a test wants it to.</summary>
internal sealed class ScriptedService : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly WebApplication _app;
    private List<ConnectionTracingUpdate> _updates = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _enabled = true;
    private long _position;
    private string? _command;
    private int _readers;

    private ScriptedService(WebApplication app) => _app = app;

    public Uri Url => new($"http://127.0.0.1:{Port}");

    public int Port => new Uri(_app.Urls.Single()).Port;

    /// <summary>The JSON of the last POST.</summary>
    public string? Command => _command;

    /// <summary>Whether it answers a POST with an error.</summary>
    public bool RefusesCommands { get; set; }

    /// <summary>How many read its events now.</summary>
    public int Readers => _readers;

    /// <param name="port">Null: any that is free, and that nobody takes while it is stopped.</param>
    /// <param name="isMapped">Whether it has <c>/connection-tracing</c>; outside Development services have not.</param>
    public static async Task<ScriptedService> StartAsync(int? port = null, bool isMapped = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port ?? FreePort.Find()));
        var app = builder.Build();
        var service = new ScriptedService(app);
        if (isMapped)
        {
            service.Map();
        }

        await app.StartAsync();
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    /// <summary>Forgets everything, and is on or off.</summary>
    public void Reset(bool enabled = true) => Change(() =>
    {
        _updates = [];
        _enabled = enabled;
        _command = null;
        RefusesCommands = false;
    });

    public void Tell(params TracedRequest[] requests) => Tell(requests, [], []);

    public void Tell(IReadOnlyList<TracedRequest> requests, IReadOnlyList<TracedConnection> connections, IReadOnlyList<Finding> findings, long missed = 0) =>
        Change(() => _updates.Add(Sample.Update(++_position, requests, connections, findings, _enabled, missed)));

    private void Map()
    {
        _app.MapGet("/connection-tracing", () => Results.Json(Report(), JsonSerializerOptions.Web));
        _app.MapPost("/connection-tracing", SwitchAsync);
        _app.MapGet("/connection-tracing/events", (HttpContext context) => TypedResults.ServerSentEvents(WatchAsync(
            long.TryParse(context.Request.Headers["Last-Event-ID"], CultureInfo.InvariantCulture, out var after) ? after : 0, context.RequestAborted)));
    }

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            change();
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
    }

    private ConnectionTracingReport Report()
    {
        lock (_gate)
        {
            return new()
            {
                Enabled = _enabled,
                RequestPhases = true,
                InlineSetup = true,
                Export = "All",
                SlowSetup = 1000,
                MaxTrackedConnections = 4096,
                Connections = [.. _updates.SelectMany(update => update.Connections).Reverse()],
                Requests = [.. _updates.SelectMany(update => update.Requests).Reverse()],
                Findings = [.. _updates.SelectMany(update => update.Findings).Reverse()],
            };
        }
    }

    private async Task<IResult> SwitchAsync(HttpRequest request)
    {
        if (RefusesCommands)
        {
            return Results.StatusCode(StatusCodes.Status500InternalServerError);
        }

        using var reader = new StreamReader(request.Body);
        var command = await reader.ReadToEndAsync();
        using var document = JsonDocument.Parse(command);
        Change(() =>
        {
            _command = command;
            _enabled = document.RootElement.GetProperty("enabled").GetBoolean();
        });
        return Results.Json(Report(), JsonSerializerOptions.Web);
    }

    private async IAsyncEnumerable<SseItem<ConnectionTracingUpdate>> WatchAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _readers);
        try
        {
            while (true)
            {
                ConnectionTracingUpdate[] updates;
                Task changed;
                lock (_gate)
                {
                    updates = [.. _updates.Where(update => update.Position > after), Sample.Update(_position, enabled: _enabled)];
                    after = _position;
                    changed = _changed.Task;
                }

                foreach (var update in updates)
                {
                    yield return new(update) { EventId = update.Position.ToString(CultureInfo.InvariantCulture) };
                }

                await changed.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _readers);
        }
    }
}
