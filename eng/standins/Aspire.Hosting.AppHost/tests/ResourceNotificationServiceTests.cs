using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Tests;

public sealed class ResourceNotificationServiceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ResourceNotificationService _notifications = new();
    private readonly ProjectResource _api = Model.Project("api");
    private readonly ProjectResource _web = Model.Project("web");

    public ResourceNotificationServiceTests()
    {
        foreach (var resource in new[] { _api, _web })
        {
            _notifications.Add(resource, $"{resource.Name}-1", Model.Snapshot(KnownResourceStates.NotStarted));
        }
    }

    [Fact]
    public async Task A_state_that_is_there_already_is_not_waited_for()
    {
        Update(_api, KnownResourceStates.Running);

        await _notifications.WaitForResourceAsync("API").WaitAsync(Patience);
    }

    [Fact]
    public async Task A_wait_ends_with_the_state_of_its_own_resource()
    {
        Update(_api, KnownResourceStates.Running);
        var wait = _notifications.WaitForResourceAsync("web", KnownResourceStates.Finished);
        Update(_web, KnownResourceStates.Running);
        Assert.False(wait.IsCompleted);

        Update(_web, KnownResourceStates.Finished);

        await wait.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_wait_can_be_given_up()
    {
        using var giveUp = new CancellationTokenSource();
        var wait = _notifications.WaitForResourceAsync("web", cancellationToken: giveUp.Token);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(Patience));
    }

    [Fact]
    public async Task Waits_end_with_the_application()
    {
        var before = _notifications.WaitForResourceAsync("web");
        _notifications.Complete();
        var after = _notifications.WaitForResourceAsync("web");

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => before.WaitAsync(Patience));
        Assert.Contains("'web'", exception.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => after.WaitAsync(Patience));
    }

    [Fact]
    public async Task Running_is_not_yet_healthy()
    {
        var wait = _notifications.WaitForResourceHealthyAsync("api");
        Update(_api, KnownResourceStates.Running, HealthStatus.Unhealthy);
        Assert.False(wait.IsCompleted);

        Update(_api, KnownResourceStates.Running, HealthStatus.Healthy);

        Assert.Equal(HealthStatus.Healthy, (await wait.WaitAsync(Patience)).Snapshot.HealthStatus);
    }

    [Theory]
    [InlineData("Finished")]
    [InlineData("FailedToStart")]
    [InlineData("Exited")]
    public async Task What_has_ended_will_not_become_healthy(string state)
    {
        var wait = _notifications.WaitForResourceHealthyAsync("api");
        Update(_api, KnownResourceStates.Running, HealthStatus.Unhealthy);

        _notifications.Update(_api, snapshot => snapshot with { State = new(state, null), ExitCode = 3 });

        var exception = await Assert.ThrowsAsync<DistributedApplicationException>(() => wait.WaitAsync(Patience));
        Assert.Equal($"'api' will not become healthy: its state is {state}, exit code 3.", exception.Message);
    }

    [Fact]
    public async Task Everybody_who_watches_sees_every_change_in_order_and_a_late_one_the_present()
    {
        var early = ReadToEndAsync(_notifications.WatchAsync());
        string[] states = [KnownResourceStates.Starting, KnownResourceStates.Running, KnownResourceStates.Finished];
        foreach (var state in states)
        {
            Update(_api, state);
        }

        var late = ReadToEndAsync(_notifications.WatchAsync());
        _notifications.Complete();

        Assert.Equal([KnownResourceStates.NotStarted, .. states], StatesOfApi(await early.WaitAsync(Patience)));
        Assert.Equal([KnownResourceStates.Finished], StatesOfApi(await late.WaitAsync(Patience)));
        Assert.All(await late, resourceEvent => Assert.Equal($"{resourceEvent.Resource.Name}-1", resourceEvent.ResourceId));
    }

    [Fact]
    public async Task What_does_not_change_is_not_told()
    {
        var watch = ReadToEndAsync(_notifications.WatchAsync());
        Update(_api, KnownResourceStates.Running);
        Update(_api, KnownResourceStates.Running);
        Update(_api, KnownResourceStates.Finished);
        _notifications.Complete();

        Assert.Equal([KnownResourceStates.NotStarted, KnownResourceStates.Running, KnownResourceStates.Finished], StatesOfApi(await watch.WaitAsync(Patience)));
    }

    [Fact]
    public async Task Who_looks_seldom_is_told_the_latest_state_of_what_has_changed()
    {
        await using var watch = _notifications.WatchLatestAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(["api", "web"], watch.Current.Select(resourceEvent => resourceEvent.Resource.Name).Order());

        for (var change = 0; change < 10_000; change++)
        {
            _notifications.Update(_api, snapshot => snapshot with { ExitCode = change });
        }

        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(Patience));
        Assert.Equal(9_999, Assert.Single(watch.Current).Snapshot.ExitCode);

        var next = watch.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        Update(_web, KnownResourceStates.Running);
        Assert.True(await next.WaitAsync(Patience));
        Assert.Equal("web", Assert.Single(watch.Current).Resource.Name);

        _notifications.Complete();
        Assert.False(await watch.MoveNextAsync().AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task No_change_is_lost_when_many_change_a_resource_at_once()
    {
        const int Writers = 8;
        const int Changes = 500;
        var wait = _notifications.WaitForResourceAsync("api", resourceEvent => resourceEvent.Snapshot.ExitCode == Writers * Changes);

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(() =>
        {
            for (var change = 0; change < Changes; change++)
            {
                _notifications.Update(_api, snapshot => snapshot with { ExitCode = (snapshot.ExitCode ?? 0) + 1 });
            }
        })));

        // A new watcher is told the latest state first.
        var latest = await _notifications.WaitForResourceAsync("api", _ => true).WaitAsync(Patience);
        Assert.Equal(Writers * Changes, latest.Snapshot.ExitCode);
        await wait.WaitAsync(Patience);
    }

    private static async Task<List<ResourceEvent>> ReadToEndAsync(IAsyncEnumerable<ResourceEvent> watch)
    {
        var events = new List<ResourceEvent>();
        await foreach (var resourceEvent in watch)
        {
            events.Add(resourceEvent);
        }

        return events;
    }

    private static IEnumerable<string> StatesOfApi(IEnumerable<ResourceEvent> events) =>
        events.Where(resourceEvent => resourceEvent.Resource.Name == "api").Select(resourceEvent => resourceEvent.Snapshot.State!.Text);

    private void Update(ProjectResource resource, string state, HealthStatus? health = null) =>
        _notifications.Update(resource, snapshot => snapshot with
        {
            State = new(state, null),
            HealthReports = health is null ? snapshot.HealthReports : [new("check", health, null, null)],
        });
}
