// Concepts > Traces and Activities
//
//     dotnet run samples/activity-tree.cs
//
// Units of work are activities; an activity that is started inside another becomes its child. Together they form the tree of one trace.
// Tags say what the work was about, events what happened when, and the status whether it went well.

using System.Diagnostics;

using var source = new ActivitySource("Shop");

// Without a listener that wants them there are no activities: StartActivity returns null, and the ?. below do nothing.
var ended = new List<Activity>();
using var listener = new ActivityListener
{
    ShouldListenTo = candidate => candidate.Name == "Shop",
    Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
    ActivityStopped = ended.Add,
};
ActivitySource.AddActivityListener(listener);

using (var request = source.StartActivity("GET /orders/17", ActivityKind.Server))
{
    request?.SetTag("http.request.method", "GET");
    request?.SetTag("order.id", 17);

    using (var query = source.StartActivity("SELECT orders", ActivityKind.Client))
    {
        query?.SetTag("db.system.name", "postgresql");
        query?.AddEvent(new ActivityEvent("first row", tags: new() { ["rows"] = 1 }));
    }

    using (var query = source.StartActivity("SELECT customers", ActivityKind.Client))
    {
        query?.SetTag("db.system.name", "postgresql");
        try
        {
            throw new TimeoutException("The customer database did not answer.");
        }
        catch (TimeoutException exception)
        {
            query?.AddException(exception);
            query?.SetStatus(ActivityStatusCode.Error, exception.Message);
        }
    }

    using (source.StartActivity("render"))
    {
        using (source.StartActivity("render header"))
        {
        }
    }
}

// Children end before their parents; the ids put them in order again.
var root = ended.Single(activity => activity.Parent is null);
Console.WriteLine($"trace {root.TraceId}, {ended.Count} activities");
Print(root, depth: 0);

void Print(Activity activity, int depth)
{
    var indent = new string(' ', 4 * depth);
    var status = activity.Status == ActivityStatusCode.Unset ? "" : $" {activity.Status}: {activity.StatusDescription}";
    Console.WriteLine($"{indent}{activity.DisplayName} ({activity.Kind}, {activity.Duration.TotalMilliseconds:0.0} ms){status}");

    foreach (var (name, value) in activity.TagObjects)
    {
        Console.WriteLine($"{indent}  tag   {name} = {value}");
    }

    foreach (var happened in activity.Events)
    {
        var tags = happened.Tags.Where(tag => tag.Key != "exception.stacktrace").Select(tag => $"{tag.Key} = {tag.Value}");
        Console.WriteLine($"{indent}  event {happened.Name} after {(happened.Timestamp.UtcDateTime - activity.StartTimeUtc).TotalMilliseconds:0.0} ms: {string.Join(", ", tags)}");
    }

    foreach (var child in ended.Where(child => child.ParentSpanId == activity.SpanId).OrderBy(child => child.StartTimeUtc))
    {
        Print(child, depth + 1);
    }
}
