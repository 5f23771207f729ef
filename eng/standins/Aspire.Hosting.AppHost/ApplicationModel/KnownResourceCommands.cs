namespace Aspire.Hosting.ApplicationModel;

/// <summary>The commands that every project has.</summary>
public static class KnownResourceCommands
{
    /// <summary>Starts a resource that is not running.</summary>
    public static readonly string StartCommand = "start";

    /// <summary>Stops a running resource.</summary>
    public static readonly string StopCommand = "stop";

    /// <summary>Stops and starts a resource.</summary>
    public static readonly string RestartCommand = "restart";
}
