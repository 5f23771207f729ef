using System.Collections;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Resources.Protocol;
using Google.Protobuf.WellKnownTypes;
using HealthStatus = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus;

namespace Aspire.Hosting.Dashboard.Resources;

/// <summary>Says in the dashboard's messages what <see cref="ResourceNotificationService"/> tells.</summary>
internal static class ResourceMessages
{
    public static WatchResourcesUpdate All(IEnumerable<ResourceEvent> resources)
    {
        var all = new InitialResourceData { Resources = { resources.Select(Of) } };
        all.ResourceTypes.Add(all.Resources.Select(resource => resource.ResourceType).Distinct().Select(type => new ResourceType { UniqueName = type, DisplayName = type }));
        return new WatchResourcesUpdate { InitialData = all };
    }

    public static WatchResourcesUpdate Changed(IEnumerable<ResourceEvent> resources) =>
        new() { Changes = new() { Value = { resources.Select(resource => new WatchResourcesChange { Upsert = Of(resource) }) } } };

    public static Resource Of(ResourceEvent resourceEvent)
    {
        var snapshot = resourceEvent.Snapshot;
        var message = new Resource
        {
            Name = resourceEvent.ResourceId,
            Uid = resourceEvent.ResourceId,
            DisplayName = resourceEvent.Resource.Name,
            ResourceType = snapshot.ResourceType,
            CreatedAt = AsTimestamp(snapshot.CreationTimeStamp),
            StartedAt = AsTimestamp(snapshot.StartTimeStamp),
            StoppedAt = AsTimestamp(snapshot.StopTimeStamp),
            Environment = { snapshot.EnvironmentVariables.Select(Of) },
            Urls = { snapshot.Urls.Select(Of) },
            HealthReports = { snapshot.HealthReports.Select(Of) },
            Relationships = { snapshot.Relationships.Select(relationship => new ResourceRelationship { ResourceName = relationship.ResourceName, Type = relationship.Type }) },
            Properties = { snapshot.Properties.Select(property => new ResourceProperty { Name = property.Name, Value = AsValue(property.Value) }) },
            Commands = { ResourceCommands.For(snapshot.State?.Text) },
        };
        if (snapshot.State is { } state)
        {
            message.State = state.Text;
            if (state.Style is { } style)
            {
                message.StateStyle = style;
            }
        }

        if (snapshot.ExitCode is { } exitCode)
        {
            message.Properties.Add(new ResourceProperty { Name = "resource.exitCode", Value = AsValue(exitCode) });
        }

        return message;
    }

    private static EnvironmentVariable Of(EnvironmentVariableSnapshot variable)
    {
        var message = new EnvironmentVariable { Name = variable.Name, IsFromSpec = variable.IsFromSpec };
        if (variable.Value is { } value)
        {
            message.Value = value;
        }

        return message;
    }

    private static Url Of(UrlSnapshot url)
    {
        var message = new Url { FullUrl = url.Url, IsInternal = url.IsInternal, IsInactive = url.IsInactive, DisplayProperties = new() };
        if (url.Name is { } name)
        {
            message.EndpointName = name;
        }

        return message;
    }

    private static HealthReport Of(HealthReportSnapshot report)
    {
        var message = new HealthReport
        {
            Key = report.Name,
            Description = report.Description ?? "",
            Exception = report.ExceptionText ?? "",
            LastRunAt = AsTimestamp(report.LastRunAt),
        };
        if (report.Status is { } status)
        {
            message.Status = status switch
            {
                HealthStatus.Healthy => Protocol.HealthStatus.Healthy,
                HealthStatus.Degraded => Protocol.HealthStatus.Degraded,
                _ => Protocol.HealthStatus.Unhealthy,
            };
        }

        return message;
    }

    private static Value AsValue(object? value) => value switch
    {
        null => Value.ForNull(),
        string text => Value.ForString(text),
        bool flag => Value.ForBool(flag),
        IEnumerable values => Value.ForList([.. values.Cast<object?>().Select(AsValue)]),
        // The dashboard reads numbers from text as well, and text keeps every digit.
        _ => Value.ForString(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
    };

    private static Timestamp? AsTimestamp(DateTime? time) => time is { } known ? Timestamp.FromDateTime(known.ToUniversalTime()) : null;
}
