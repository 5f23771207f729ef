// Concepts > Start and stop Activities
//
//     dotnet run samples/activity-current.cs
//
// Activity.Current is the activity of the work at hand. It follows calls and awaits, whatever thread they run on; starting an activity makes
// it current, and stopping it restores its parent.

using System.Diagnostics;

Print("at first");

using (var a = new Activity("A").Start())
{
    Print("A started");

    await InnerAsync();
    Print("back in the caller, B stopped");

    // Both see A as current when they start, and neither sees the other.
    await Task.WhenAll(WorkAsync("C"), WorkAsync("D"));
    Print("after C and D");

    // Changes flow down only: what a callee leaves running is no concern of its caller.
    await StartAndForgetAsync();
    Print("after a method that started E and did not stop it");

    var thread = new Thread(() => Print("on a new thread"));
    thread.Start();
    thread.Join();

    // Work that outlives its request should not belong to it.
    Task background;
    using (ExecutionContext.SuppressFlow())
    {
        background = Task.Run(() => Print("in a task with the flow suppressed"));
    }

    await background;
}

Print("A stopped");

var stopped = new Activity("F").Start();
stopped.Stop();
Console.WriteLine($"Duration is the time from start to stop: {stopped.Duration > TimeSpan.Zero}");

static async Task InnerAsync()
{
    using var b = new Activity("B").Start();
    Print("B started inside A");
    var before = Environment.CurrentManagedThreadId;

    // Continues on a thread of the pool.
    await Task.Delay(1).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
    Print($"B after an await, {(Environment.CurrentManagedThreadId == before ? "by chance on the same thread" : "on another thread")}");
}

static async Task WorkAsync(string name)
{
    using var activity = new Activity(name).Start();
    await Task.Yield();
    Print($"{name} started beside another");
}

static async Task StartAndForgetAsync()
{
    new Activity("E").Start();
    await Task.Yield();
    Print("E started");
}

static void Print(string when) =>
    Console.WriteLine($"{when + ":",-52} Current = {Activity.Current?.OperationName ?? "none",-5} Parent = {Activity.Current?.Parent?.OperationName ?? "none"}");
