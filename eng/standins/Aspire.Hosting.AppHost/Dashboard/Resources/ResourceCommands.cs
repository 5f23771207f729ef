using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Resources.Protocol;

namespace Aspire.Hosting.Dashboard.Resources;

/// <summary>The buttons that a resource has in the dashboard, and when they can be pressed.</summary>
internal static class ResourceCommands
{
    private const ResourceCommandState Enabled = ResourceCommandState.Enabled;
    private const ResourceCommandState Disabled = ResourceCommandState.Disabled;
    private const ResourceCommandState Hidden = ResourceCommandState.Hidden;

    public static IEnumerable<ResourceCommand> For(string? state)
    {
        var canStart = state == KnownResourceStates.NotStarted || state == KnownResourceStates.Waiting || KnownResourceStates.TerminalStates.Contains(state);
        var isRunning = state == KnownResourceStates.Running;
        var isStopping = state == KnownResourceStates.Stopping;
        return
        [
            Command(KnownResourceCommands.StartCommand, "Start", "Start resource", "Play", canStart ? Enabled : state == KnownResourceStates.Starting ? Disabled : Hidden),
            Command(KnownResourceCommands.StopCommand, "Stop", "Stop resource", "Stop", isRunning ? Enabled : isStopping ? Disabled : Hidden),
            Command(KnownResourceCommands.RestartCommand, "Restart", "Restart resource", "ArrowCounterclockwise", isRunning ? Enabled : Disabled),
        ];
    }

    private static ResourceCommand Command(string name, string displayName, string description, string icon, ResourceCommandState state) => new()
    {
        Name = name,
        DisplayName = displayName,
        DisplayDescription = description,
        IconName = icon,
        IconVariant = name == KnownResourceCommands.RestartCommand ? IconVariant.Regular : IconVariant.Filled,
        IsHighlighted = true,
        State = state,
    };
}
