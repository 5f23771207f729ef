namespace Aspire.Hosting;

/// <summary>Settings of an AppHost.</summary>
public sealed class DistributedApplicationOptions
{
    /// <summary>The command line of the AppHost.</summary>
    public string[]? Args { get; set; }

    /// <summary>The assembly that holds the application model; default: the program's own.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>Runs the application without a dashboard; default: false.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>Allows http for the dashboard's addresses; default: false, so that they need https or <c>ASPIRE_ALLOW_UNSECURED_TRANSPORT=true</c>.</summary>
    public bool AllowUnsecuredTransport { get; set; }
}
