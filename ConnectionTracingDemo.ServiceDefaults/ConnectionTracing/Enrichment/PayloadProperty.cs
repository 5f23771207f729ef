using System.Reflection;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Enrichment;

/// <summary>Reads a property of notification payloads, whose types are not public.</summary>
internal sealed class PayloadProperty(string name)
{
    private volatile PropertyInfo? _property;

    /// <summary>The value; null where the payload has no such property.</summary>
    public object? Of(object? payload)
    {
        if (payload is null)
        {
            return null;
        }

        var property = _property;
        if (property is null || property.DeclaringType != payload.GetType())
        {
            _property = property = payload.GetType().GetProperty(name);
        }

        return property?.GetValue(payload);
    }
}
