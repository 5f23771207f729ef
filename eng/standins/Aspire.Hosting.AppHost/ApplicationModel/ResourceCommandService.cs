using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Executes the commands of <see cref="KnownResourceCommands"/>.</summary>
public sealed class ResourceCommandService
{
    private readonly ApplicationRunner _application;

    internal ResourceCommandService(ApplicationRunner application) => _application = application;

    /// <summary>Executes a command and waits until it is done.</summary>
    /// <param name="resourceId">The name of a resource, or the unique name of its process.</param>
    /// <param name="commandName">One of <see cref="KnownResourceCommands"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it succeeded, and if not, why.</returns>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default)
    {
        if (_application.FindRunner(resourceId) is not { } project)
        {
            return Failed($"There is no resource '{resourceId}'.");
        }

        try
        {
            switch (commandName)
            {
                case "start":
                    await project.StartAsync(cancellationToken).ConfigureAwait(false);
                    break;
                case "stop":
                    await project.StopAsync(cancellationToken).ConfigureAwait(false);
                    break;
                case "restart":
                    await project.RestartAsync(cancellationToken).ConfigureAwait(false);
                    break;
                default:
                    return Failed($"'{resourceId}' has no command '{commandName}', only start, stop and restart.");
            }

            return new ExecuteCommandResult { Success = true };
        }
        catch (Exception exception) when (exception is DistributedApplicationException or HttpRequestException)
        {
            return Failed(exception.Message);
        }
    }

    private static ExecuteCommandResult Failed(string message) => new() { Success = false, Message = message };
}
