// Concepts > Activity IDs
//
//     dotnet run samples/activity-ids.cs
//
// How does a child name its parent, perhaps in another process? In the W3C format by trace id and span id; in the older hierarchical one by
// an id that grows with every generation.

using System.Diagnostics;

Console.WriteLine($"1. Activity.DefaultIdFormat is {Activity.DefaultIdFormat}");
using (var parent = new Activity("parent").Start())
using (var child = new Activity("child").Start())
{
    Console.WriteLine($"   parent {parent.Id}");
    Console.WriteLine($"   child  {child.Id}");
    Console.WriteLine($"          version-trace id-span id-flags: the same trace id ({child.TraceId == parent.TraceId}), a span id of its own");
    Console.WriteLine($"          its ParentSpanId is the parent's SpanId: {child.ParentSpanId == parent.SpanId}");
}

Console.WriteLine();
Activity.DefaultIdFormat = ActivityIdFormat.Hierarchical;
Console.WriteLine($"2. Activity.DefaultIdFormat = {Activity.DefaultIdFormat}: new traces");
using (var parent = new Activity("parent").Start())
using (var child = new Activity("child").Start())
{
    Console.WriteLine($"   parent {parent.Id}");
    Console.WriteLine($"   child  {child.Id}");
    Console.WriteLine($"          starts with the id of its parent: {child.Id!.StartsWith(parent.Id!, StringComparison.Ordinal)}; root id {child.RootId}");
}

const string CallerInAnotherProcess = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
Console.WriteLine();
Console.WriteLine("3. The same default, but the trace began elsewhere, in the W3C format: a child follows its parent");
using (var child = new Activity("child").SetParentId(CallerInAnotherProcess).Start())
{
    Console.WriteLine($"   parent {CallerInAnotherProcess}");
    Console.WriteLine($"   child  {child.Id} ({child.IdFormat})");
}

Console.WriteLine();
Activity.ForceDefaultIdFormat = true;
Console.WriteLine("4. Activity.ForceDefaultIdFormat = true: the default wins");
using (var child = new Activity("child").SetParentId(CallerInAnotherProcess).Start())
{
    Console.WriteLine($"   parent {CallerInAnotherProcess}");
    Console.WriteLine($"   child  {child.Id} ({child.IdFormat})");
}

Console.WriteLine();
Activity.DefaultIdFormat = ActivityIdFormat.W3C;
Console.WriteLine($"5. Forced, and back to {Activity.DefaultIdFormat}: a hierarchical caller gets a child with a trace id of its own");
using (var child = new Activity("child").SetParentId("|4f6e2a.1.").Start())
{
    Console.WriteLine("   parent |4f6e2a.1.");
    Console.WriteLine($"   child  {child.Id} ({child.IdFormat}, ParentId {child.ParentId})");
}
