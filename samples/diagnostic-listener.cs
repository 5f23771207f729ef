// Concepts > Collect traces (with DiagnosticListener)
//
//     dotnet run samples/diagnostic-listener.cs
//
// The older way. The instrumented code has to opt in with DiagnosticSource.StartActivity, and the collector has to know its names. In return
// the two can exchange any .NET object, not only tags.

using System.Diagnostics;

// The collector: waits for a DiagnosticListener of the name it knows, and subscribes to the events it knows.
using var subscription = DiagnosticListener.AllListeners.Subscribe(new Collector());

// The instrumented code.
using var diagnostics = new DiagnosticListener("Contoso.Orders");
Process(new Order("a book", 12.50m));
Process(new Order("a bargain", 0.50m));

void Process(Order order)
{
    // Asking first is what makes it cheap where nobody listens, and lets collectors sample by looking at the order.
    if (!diagnostics.IsEnabled("ProcessOrder", order))
    {
        Console.WriteLine($"        {order.Name}: nobody wants to know");
        return;
    }

    var activity = diagnostics.StartActivity(new Activity("ProcessOrder"), new { Order = order });
    try
    {
        order.Shipped = true;
    }
    finally
    {
        diagnostics.StopActivity(activity, new { Order = order });
    }
}

internal sealed class Order(string name, decimal price)
{
    public string Name { get; } = name;

    public decimal Price { get; } = price;

    public bool Shipped { get; set; }
}

internal sealed class Collector : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    // Every DiagnosticListener of the process comes by, those of HttpClient and ASP.NET Core too.
    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Contoso.Orders")
        {
            Console.WriteLine($"found   {value.Name}");
            value.Subscribe(this, (name, order, _) => order is null || ((Order)order).Price >= 1);
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        // The payload is an anonymous type of the other side; this side has to know that it has an Order.
        var order = (Order)value.Value!.GetType().GetProperty("Order")!.GetValue(value.Value)!;
        var activity = Activity.Current!;
        var state = activity.Duration > TimeSpan.Zero ? "over" : "running";
        Console.WriteLine($"heard   {value.Key}: {order.Name} for {order.Price}, shipped {order.Shipped}, activity {activity.OperationName}, {state}");
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}
