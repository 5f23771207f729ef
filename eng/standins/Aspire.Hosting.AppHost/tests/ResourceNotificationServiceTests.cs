using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Tests;

public sealed class ResourceNotificationServiceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ResourceNotificationService _notifications = new();
    private readonly ProjectResource _api = Model.Project("api");
    private readonly ProjectResource _web = Model.Project("web");

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

        _notifications.Update(_api, "api-1", snapshot => snapshot with { State = new(state, null), ExitCode = 3, HealthStatus = null });

        var exception = await Assert.ThrowsAsync<DistributedApplicationException>(() => wait.WaitAsync(Patience));
        Assert.Equal($"'api' will not become healthy: its state is {state}, exit code 3.", exception.Message);
    }

    [Fact]
    public async Task Everybody_who_watches_sees_every_change_in_order_and_a_late_one_the_present()
    {
        var early = _notifications.WatchAsync().GetAsyncEnumerator();
        var first = early.MoveNextAsync();
        string[] states = [KnownResourceStates.Starting, KnownResourceStates.Running, KnownResourceStates.Finished];
        foreach (var state in states)
        {
            Update(_api, state);
        }

        Assert.True(await first);
        var seen = new List<string> { early.Current.Snapshot.State!.Text };
        while (seen.Count < states.Length && await early.MoveNextAsync())
        {
            seen.Add(early.Current.Snapshot.State!.Text);
        }

        Assert.Equal(states, seen);
        var late = _notifications.WatchAsync().GetAsyncEnumerator();
        Assert.True(await late.MoveNextAsync());
        Assert.Equal((KnownResourceStates.Finished, "api-1"), (late.Current.Snapshot.State!.Text, late.Current.ResourceId));
        await early.DisposeAsync();
        await late.DisposeAsync();
    }

    [Fact]
    public async Task What_does_not_change_is_not_told()
    {
        Update(_api, KnownResourceStates.Running);
        Update(_api, KnownResourceStates.Running);
        Update(_api, KnownResourceStates.Finished);
        _notifications.Complete();

        var states = new List<string?>();
        var watch = _notifications.WatchAsync();
        await foreach (var resourceEvent in watch)
        {
            states.Add(resourceEvent.Snapshot.State?.Text);
        }

        Assert.Equal([KnownResourceStates.Finished], states);
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
                _notifications.Update(_api, "api-1", snapshot => snapshot with { ExitCode = (snapshot.ExitCode ?? 0) + 1 });
            }
        })));

        // A new watcher is told the latest state first.
        var latest = await _notifications.WaitForResourceAsync("api", _ => true).WaitAsync(Patience);
        Assert.Equal(Writers * Changes, latest.Snapshot.ExitCode);
        await wait.WaitAsync(Patience);
    }

    private void Update(ProjectResource resource, string state, HealthStatus? health = null) =>
        _notifications.Update(resource, $"{resource.Name}-1", snapshot => snapshot with { State = new(state, null), HealthStatus = health });
}
