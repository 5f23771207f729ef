#:property Optimize=true

// Concepts > Sampling
//
//     dotnet run samples/sampling.cs
//
// The three answers of an ActivityListener's Sample callback, what each gives you, and what each costs on this machine beside the figures of
// the document: about a microsecond for an activity that is created, populated and transmitted, less than 100 ns for one not recorded.

using System.Diagnostics;

const int Rounds = 7;
const int ActivitiesPerRound = 100_000;

using var source = new ActivitySource("Shop");

Console.WriteLine("Sample returns      activity  IsAllDataRequested  Recorded  trace goes on  ns each  bytes each  the document says");
Measure("(no listener)", null, "");
Measure("None", ActivitySamplingResult.None, "< 100 ns");
Measure("PropagationData", ActivitySamplingResult.PropagationData, "< 100 ns");
Measure("AllData", ActivitySamplingResult.AllData, "about 1,000 ns");
Measure("AllDataAndRecorded", ActivitySamplingResult.AllDataAndRecorded, "about 1,000 ns");

Console.WriteLine();
Console.WriteLine($"The best of {Rounds} rounds of {ActivitiesPerRound:N0} activities, with three tags and a collector that takes them.");
Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}.");

void Measure(string name, ActivitySamplingResult? answer, string documented)
{
    // The collector writes into a ring, as an exporter's queue does.
    var queue = new Activity[1024];
    var collected = 0;
    using var listener = new ActivityListener
    {
        ShouldListenTo = candidate => candidate == source,
        Sample = (ref _) => answer!.Value,
        ActivityStopped = activity =>
        {
            if (activity.IsAllDataRequested)
            {
                queue[collected++ % queue.Length] = activity;
            }
        },
    };
    if (answer is not null)
    {
        ActivitySource.AddActivityListener(listener);
    }

    string facts;
    using (var activity = source.StartActivity("sell"))
    {
        facts = activity is null ? "null      -                   -         no" : $"made      {activity.IsAllDataRequested,-19} {activity.Recorded,-9} yes";
    }

    var best = TimeSpan.MaxValue;
    var allocated = 0L;
    for (var round = 0; round < Rounds; round++)
    {
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < ActivitiesPerRound; i++)
        {
            Sell(i);
        }

        var elapsed = Stopwatch.GetElapsedTime(start);
        best = elapsed < best ? elapsed : best;
        allocated = GC.GetAllocatedBytesForCurrentThread() - bytes;
    }

    Console.WriteLine($"{name,-19} {facts,-54} {best.TotalNanoseconds / ActivitiesPerRound,7:N0}  {allocated / ActivitiesPerRound,10:N0}  {documented}");
}

void Sell(int number)
{
    using var activity = source.StartActivity("sell");

    // Whoever asks before populating pays for recorded activities only.
    if (activity is { IsAllDataRequested: true })
    {
        activity.SetTag("order.id", number);
        activity.SetTag("order.kind", "book");
        activity.SetTag("customer", "Jo");
    }
}
