// Concepts > Collect traces (with ActivityListener)
//
//     dotnet run samples/activity-listener.cs
//
// An ActivityListener sees any activity of any source, without knowing a thing about the code that makes it. It decides three times: which
// sources, which activities of them, and what to do with each.

using System.Collections.Concurrent;
using System.Diagnostics;

// Code that somebody else wrote.
using var warehouse = new ActivitySource("Contoso.Warehouse", "1.2");
using var chatter = new ActivitySource("Contoso.Chatter");

Console.WriteLine($"Before anybody listens: StartActivity returns {Describe(warehouse.StartActivity("pick"))}, HasListeners is {warehouse.HasListeners()}");

var collected = new ConcurrentQueue<Activity>();
using (var listener = new ActivityListener
{
    // 1. Asked once per source. A source that nobody wants costs next to nothing.
    ShouldListenTo = source => source.Name.StartsWith("Contoso.", StringComparison.Ordinal) && source.Name != "Contoso.Chatter",

    // 2. Asked for every activity before it is made, with what is known by then.
    Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
        options.Name == "heartbeat" ? ActivitySamplingResult.None : ActivitySamplingResult.AllDataAndRecorded,

    // 3. Called on the thread that does the work: be quick, hand it on.
    ActivityStarted = activity => Console.WriteLine($"    started {activity.OperationName}"),
    ActivityStopped = collected.Enqueue,
})
{
    ActivitySource.AddActivityListener(listener);

    Console.WriteLine("With a listener:");
    using (var pick = warehouse.StartActivity("pick", ActivityKind.Internal, default(ActivityContext), [new("shelf", "B7")]))
    {
        using var pack = warehouse.StartActivity("pack");
        pack?.SetTag("boxes", 2);
    }

    Console.WriteLine($"    sampled out: {Describe(warehouse.StartActivity("heartbeat"))}");
    Console.WriteLine($"    not listened to: {Describe(chatter.StartActivity("hello"))}");
}

Console.WriteLine($"After the listener is gone: {Describe(warehouse.StartActivity("pick"))}");

Console.WriteLine("Collected:");
foreach (var activity in collected)
{
    var tags = string.Join(", ", activity.TagObjects.Select(tag => $"{tag.Key} = {tag.Value}"));
    Console.WriteLine($"    {activity.Source.Name} {activity.Source.Version} {activity.OperationName}, child of {activity.Parent?.OperationName ?? "nobody"}: {tags}");
}

static string Describe(Activity? activity) => activity?.OperationName ?? "null";
