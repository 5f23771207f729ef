using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Resources;
using Aspire.Hosting.Dashboard.Resources.Protocol;
using Aspire.Hosting.Dcp;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aspire.Hosting.Tests.Resources;

/// <summary>The server of the Resources page, asked over a real connection. Whatever the dashboard does, the resources do not notice.</summary>
public sealed class ResourceServerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] Methods = ["GetApplicationInformation", "WatchResources", "WatchResourceConsoleLogs", "ExecuteResourceCommand", "WatchInteractions"];

    private readonly ResourceNotificationService _notifications = new();
    private readonly ProjectResource _api = Model.Project("api");
    private readonly List<string> _executed = [];
    private Func<string, Task<ExecuteCommandResult>> _command = _ => Task.FromResult(new ExecuteCommandResult { Success = true });
    private ReadConsole _console = (_, _, _) => null;
    private ResourceServer _server = null!;
    private ResourceClient _client = null!;

    public async Task InitializeAsync()
    {
        _notifications.Add(_api, "api-abcdefgh", Model.Snapshot(KnownResourceStates.Running));
        var calls = new ResourceCalls(
            "Demo",
            _notifications,
            (resourceId, command, token) =>
            {
                Assert.False(token.CanBeCanceled);
                _executed.Add($"{command} {resourceId}");
                return _command(command);
            },
            (resourceId, follow, token) => _console(resourceId, follow, token));
        _server = await ResourceServer.StartAsync(calls, NullLoggerFactory.Instance, CancellationToken.None);
        _client = ResourceClient.Of(_server);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task It_listens_on_this_machine_only_and_its_key_is_new()
    {
        await using var other = await ResourceServer.StartAsync(new ResourceCalls("Other", _notifications, (_, _, _) => _command(""), _console), NullLoggerFactory.Instance, CancellationToken.None);

        Assert.Equal(IPAddress.Loopback, IPAddress.Parse(_server.Url.Host));
        Assert.Matches("^[0-9a-f]{32}$", _server.ApiKey);
        Assert.NotEqual(_server.ApiKey, other.ApiKey);
    }

    [Fact]
    public async Task It_tells_the_name_of_the_application()
    {
        using var answer = await _client.AskAsync("GetApplicationInformation", new ApplicationInformationRequest());

        Assert.Equal("Demo", (await answer.ReadAsync(ApplicationInformationResponse.Parser))!.ApplicationName);
        Assert.Null(await answer.ReadAsync(ApplicationInformationResponse.Parser));
        Assert.Equal("0", answer.Status);
    }

    [Fact]
    public async Task Each_who_watches_is_told_all_resources_once_and_then_what_changes()
    {
        using var first = await WatchAsync(_client);
        Assert.Equal("Running", Assert.Single((await ReadUpdateAsync(first)).InitialData.Resources).State);

        // A second one, and one who comes back over another connection.
        using var second = await WatchAsync(_client);
        await ReadUpdateAsync(second);
        SetState(KnownResourceStates.Stopping);
        using var later = ResourceClient.Of(_server);
        using var third = await WatchAsync(later);

        foreach (var watch in new[] { first, second })
        {
            var change = Assert.Single((await ReadUpdateAsync(watch)).Changes.Value);
            Assert.Equal(("api-abcdefgh", "api", "Stopping"), (change.Upsert.Name, change.Upsert.DisplayName, change.Upsert.State));
        }

        Assert.Equal("Stopping", Assert.Single((await ReadUpdateAsync(third)).InitialData.Resources).State);
    }

    [Fact]
    public async Task A_watcher_who_does_not_look_holds_up_nobody_and_is_told_the_latest_in_the_end()
    {
        using var watch = await WatchAsync(_client);
        await ReadUpdateAsync(watch);

        // Together far more than the connection and all buffers on the way can hold.
        const int Changes = 20_000;
        var text = new string('x', 10_000);
        for (var change = 1; change <= Changes; change++)
        {
            _notifications.Update(_api, snapshot => snapshot with { ExitCode = change, Properties = [new("text", text)] });
        }

        var told = 0;
        var last = 0;
        while (last < Changes)
        {
            var resource = Assert.Single((await ReadUpdateAsync(watch)).Changes.Value).Upsert;
            last = int.Parse(resource.Properties.Single(property => property.Name == "resource.exitCode").Value.StringValue, CultureInfo.InvariantCulture);
            told++;
        }

        Assert.InRange(told, 1, Changes / 2);
    }

    [Fact]
    public async Task Watches_end_with_the_application()
    {
        using var watch = await WatchAsync(_client);
        await ReadUpdateAsync(watch);

        _notifications.Complete();

        Assert.Null(await watch.ReadAsync(WatchResourcesUpdate.Parser));
        Assert.Equal("0", watch.Status);
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_those_who_watch()
    {
        using var interactions = await _client.SendAsync("WatchInteractions", new OpenContent());
        await interactions.ReadAsync(WatchInteractionsResponseUpdate.Parser);
        using var watch = await WatchAsync(_client);
        await ReadUpdateAsync(watch);

        await _server.DisposeAsync().AsTask().WaitAsync(Patience);

        await Assert.ThrowsAnyAsync<Exception>(() => watch.ReadAsync(WatchResourcesUpdate.Parser));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wrong")]
    [InlineData("00000000000000000000000000000000")]
    public async Task Without_the_key_nothing_is_told_and_nothing_is_done(string? key)
    {
        using var stranger = new ResourceClient(_server.Url, key);
        foreach (var method in Methods)
        {
            using var answer = await stranger.AskAsync(method, new ResourceCommandRequest { CommandName = "stop", ResourceName = "api-abcdefgh" });

            Assert.Null(await answer.ReadAsync(ResourceCommandResponse.Parser));
            Assert.Equal("16", answer.Status);
            Assert.Contains(ResourceServer.KeyHeader, answer.Message, StringComparison.Ordinal);
        }

        Assert.Empty(_executed);
    }

    [Theory]
    [InlineData(true, null, ResourceCommandResponseKind.Succeeded)]
    [InlineData(false, "'api' runs already.", ResourceCommandResponseKind.Failed)]
    [InlineData(null, null, ResourceCommandResponseKind.Cancelled)]
    internal async Task A_command_is_executed_and_its_outcome_told(bool? success, string? message, ResourceCommandResponseKind kind)
    {
        _command = _ => success is { } known
            ? Task.FromResult(new ExecuteCommandResult { Success = known, Message = message })
            : Task.FromCanceled<ExecuteCommandResult>(new CancellationToken(canceled: true));

        using var answer = await _client.AskAsync("ExecuteResourceCommand", new ResourceCommandRequest { CommandName = "start", ResourceName = "api-abcdefgh" });

        var response = await answer.ReadAsync(ResourceCommandResponse.Parser);
        Assert.Equal((kind, message ?? ""), (response!.Kind, response.Message));
        Assert.Equal(["start api-abcdefgh"], _executed);
    }

    [Fact]
    public async Task A_command_goes_on_when_the_connection_tears()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var torn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _command = async _ =>
        {
            begun.SetResult();
            await torn.Task;
            done.SetResult();
            return new ExecuteCommandResult { Success = true };
        };

        using (var dashboard = ResourceClient.Of(_server))
        {
            var asking = dashboard.AskAsync("ExecuteResourceCommand", new ResourceCommandRequest { CommandName = "restart", ResourceName = "api-abcdefgh" });
            await begun.Task.WaitAsync(Patience);
            dashboard.Dispose();
            await Assert.ThrowsAnyAsync<Exception>(() => asking);
        }

        torn.SetResult();
        await done.Task.WaitAsync(Patience);
        using var answer = await _client.AskAsync("GetApplicationInformation", new ApplicationInformationRequest());
        Assert.NotNull(await answer.ReadAsync(ApplicationInformationResponse.Parser));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Console_lines_are_numbered_and_come_to_an_end(bool suppressFollow)
    {
        bool? isFollowed = null;
        _console = (resourceId, follow, _) =>
        {
            isFollowed = follow;
            return resourceId == "api-abcdefgh" ? Batches([new("1", false), new("2", true)], [new("3", false)]) : null;
        };

        using var answer = await _client.AskAsync("WatchResourceConsoleLogs", new WatchResourceConsoleLogsRequest { ResourceName = "api-abcdefgh", SuppressFollow = suppressFollow });

        var lines = new List<ConsoleLogLine>();
        while (await answer.ReadAsync(WatchResourceConsoleLogsUpdate.Parser) is { } update)
        {
            lines.AddRange(update.LogLines);
        }

        Assert.Equal([("1", false, 1), ("2", true, 2), ("3", false, 3)], lines.Select(line => (line.Text, line.IsStdErr, line.LineNumber)));
        Assert.Equal(("0", !suppressFollow), (answer.Status, isFollowed));
    }

    [Fact]
    public async Task A_console_that_nobody_reads_is_not_read_on_and_one_that_is_left_is_closed()
    {
        const int Batch = 100_000;
        var (produced, received) = (0L, 0L);
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _console = (_, _, token) => EndlessAsync(token);

        using (var dashboard = ResourceClient.Of(_server))
        {
            using var answer = await dashboard.AskAsync("WatchResourceConsoleLogs", new WatchResourceConsoleLogsRequest { ResourceName = "api-abcdefgh" });
            while (received < 2_000L * Batch)
            {
                received += (await answer.ReadAsync(WatchResourceConsoleLogsUpdate.Parser))!.LogLines.Single().Text.Length;

                // What is on the way: the buffers of the connection, and the window of HTTP/2, which grows to 16 MB.
                Assert.InRange(Interlocked.Read(ref produced) - received, 0, 400L * Batch);
            }
        }

        await closed.Task.WaitAsync(Patience);

        async IAsyncEnumerable<IReadOnlyList<ConsoleLine>> EndlessAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            try
            {
                while (true)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Interlocked.Add(ref produced, Batch);
                    yield return [new ConsoleLine(new string('x', Batch), false)];
                    await Task.Yield();
                }
            }
            finally
            {
                closed.SetResult();
            }
        }
    }

    [Fact]
    public async Task The_stream_of_interactions_stays_open_until_the_dashboard_closes_it()
    {
        var content = new OpenContent();
        using var answer = await _client.SendAsync("WatchInteractions", content);
        Assert.NotNull((await answer.ReadAsync(WatchInteractionsResponseUpdate.Parser))!.Complete);
        var end = answer.ReadAsync(WatchInteractionsResponseUpdate.Parser);

        // Other calls on the same connection go on, and what is sent into the stream does not end it.
        await content.WriteAsync(new WatchInteractionsRequestUpdate { InteractionId = 1 });
        using var watch = await WatchAsync(_client);
        await ReadUpdateAsync(watch);
        Assert.False(end.IsCompleted);

        content.End();
        Assert.Null(await end);
        Assert.Equal("0", answer.Status);
    }

    /// <summary>Where only that stream broke, the dashboard waits for a message in it, and for all resources once more.</summary>
    [Fact]
    public async Task Who_opens_the_stream_of_interactions_again_gets_a_message_and_is_made_to_ask_for_the_resources()
    {
        using var watch = await WatchAsync(_client);
        await ReadUpdateAsync(watch);

        using var interactions = await _client.SendAsync("WatchInteractions", new OpenContent());

        Assert.NotNull((await interactions.ReadAsync(WatchInteractionsResponseUpdate.Parser))!.Complete);
        Assert.Null(await watch.ReadAsync(WatchResourcesUpdate.Parser));
        Assert.Equal("0", watch.Status);
        using var again = await WatchAsync(_client);
        Assert.Single((await ReadUpdateAsync(again)).InitialData.Resources);
        SetState(KnownResourceStates.Stopping);
        Assert.Single((await ReadUpdateAsync(again)).Changes.Value);
    }

    [Fact]
    public async Task What_is_asked_wrongly_is_answered_with_the_reason()
    {
        await AssertAsync("12", "has no /aspire.v1.DashboardService/UploadFile", await _client.AskAsync("UploadFile", new ResourceCommandRequest()));
        await AssertAsync("5", "There is no resource 'nobody'", await _client.AskAsync("WatchResourceConsoleLogs", new WatchResourceConsoleLogsRequest { ResourceName = "nobody" }));
        await AssertAsync("13", "There is no ResourceCommandRequest", await _client.SendAsync("ExecuteResourceCommand", new ByteArrayContent([])));
        await AssertAsync("13", "in the middle", await _client.SendAsync("ExecuteResourceCommand", new ByteArrayContent([0, 0, 0])));
        await AssertAsync("8", "more than", await _client.SendAsync("ExecuteResourceCommand", new ByteArrayContent([0, 255, 255, 255, 255])));
        await AssertAsync("12", "compressed", await _client.SendAsync("ExecuteResourceCommand", new ByteArrayContent([1, 0, 0, 0, 0])));

        using var json = await _client.SendAsync("ExecuteResourceCommand", new ByteArrayContent("{}"u8.ToArray()), "application/json");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, json.HttpStatus);
        Assert.Empty(_executed);

        static async Task AssertAsync(string status, string reason, ResourceAnswer answer)
        {
            using (answer)
            {
                Assert.Null(await answer.ReadAsync(ResourceCommandResponse.Parser));
                Assert.Equal(status, answer.Status);
                Assert.Contains(reason, answer.Message, StringComparison.Ordinal);
            }
        }
    }

    private static Task<ResourceAnswer> WatchAsync(ResourceClient client) => client.AskAsync("WatchResources", new WatchResourcesRequest());

    private static async Task<WatchResourcesUpdate> ReadUpdateAsync(ResourceAnswer watch) => (await watch.ReadAsync(WatchResourcesUpdate.Parser))!;

    private static async IAsyncEnumerable<IReadOnlyList<ConsoleLine>> Batches(params IReadOnlyList<ConsoleLine>[] batches)
    {
        foreach (var batch in batches)
        {
            await Task.Yield();
            yield return batch;
        }
    }

    private void SetState(string state) => _notifications.Update(_api, snapshot => snapshot with { State = new(state, null) });

    /// <summary>The body of a request that goes on while it is answered.</summary>
    private sealed class OpenContent : HttpContent
    {
        private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task WriteAsync(IMessage message)
        {
            var stream = await _stream.Task.WaitAsync(Patience);
            await stream.WriteAsync(await ResourceClient.Frame(message).ReadAsByteArrayAsync());
            await stream.FlushAsync();
        }

        public void End() => _end.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            _stream.SetResult(stream);
            await _end.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
