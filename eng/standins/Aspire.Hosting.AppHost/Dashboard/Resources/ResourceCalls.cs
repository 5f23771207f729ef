using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Resources.Protocol;
using Aspire.Hosting.Dcp;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard.Resources;

/// <summary>Executes a command of a resource.</summary>
internal delegate Task<ExecuteCommandResult> ExecuteCommand(string resourceId, string command, CancellationToken cancellationToken);

/// <summary>Reads what a resource writes to the console; null where there is no such resource.</summary>
internal delegate IAsyncEnumerable<IReadOnlyList<ConsoleLine>>? ReadConsole(string resourceId, bool follow, CancellationToken cancellationToken);

/// <summary>Answers the calls of the dashboard.</summary>
/// <param name="applicationName">The name of the application, for titles.</param>
/// <param name="notifications">Tells the states of the resources.</param>
/// <param name="execute">Executes commands.</param>
/// <param name="readConsole">Reads consoles.</param>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A CancellationTokenSource without a timer holds nothing.")]
internal sealed class ResourceCalls(string applicationName, ResourceNotificationService notifications, ExecuteCommand execute, ReadConsole readConsole)
{
    private const string Service = "/aspire.v1.DashboardService/";

    private CancellationTokenSource _interactionsOpened = new();

    /// <exception cref="GrpcException">The call ends with another status than OK.</exception>
    public Task AnswerAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var (input, output) = (context.Request.BodyReader, context.Response.BodyWriter);
        return context.Request.Path.Value switch
        {
            Service + "GetApplicationInformation" => GetApplicationInformationAsync(output, cancellationToken),
            Service + "WatchResources" => WatchResourcesAsync(output, cancellationToken),
            Service + "WatchResourceConsoleLogs" => WatchConsoleAsync(input, output, cancellationToken),
            Service + "ExecuteResourceCommand" => ExecuteCommandAsync(input, output, cancellationToken),
            Service + "WatchInteractions" => WatchInteractionsAsync(input, output, cancellationToken),
            var path => throw new GrpcException(GrpcStatus.Unimplemented, $"This AppHost has no {path}."),
        };
    }

    private Task GetApplicationInformationAsync(PipeWriter output, CancellationToken cancellationToken) =>
        WriteAsync(output, new ApplicationInformationResponse { ApplicationName = applicationName }, cancellationToken);

    /// <summary>Ends when the dashboard opens a stream of interactions: it asks again then, at once.</summary>
    private async Task WatchResourcesAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        var interactionsOpened = Volatile.Read(ref _interactionsOpened).Token;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, interactionsOpened);
        try
        {
            var isFirst = true;
            await foreach (var resources in notifications.WatchLatestAsync(ending.Token).ConfigureAwait(false))
            {
                await WriteAsync(output, isFirst ? ResourceMessages.All(resources) : ResourceMessages.Changed(resources), cancellationToken).ConfigureAwait(false);
                isFirst = false;
            }
        }
        catch (OperationCanceledException) when (interactionsOpened.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Not a failure: the stream ends with OK.
        }
    }

    private async Task WatchConsoleAsync(PipeReader input, PipeWriter output, CancellationToken cancellationToken)
    {
        var request = await ReadAsync(input, WatchResourceConsoleLogsRequest.Parser, cancellationToken).ConfigureAwait(false);
        var batches = readConsole(request.ResourceName, !request.SuppressFollow, cancellationToken)
            ?? throw new GrpcException(GrpcStatus.NotFound, $"There is no resource '{request.ResourceName}'.");

        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        var number = 0;
        await foreach (var lines in batches.ConfigureAwait(false))
        {
            var update = new WatchResourceConsoleLogsUpdate();
            update.LogLines.Add(lines.Select(line => new ConsoleLogLine { Text = line.Text, IsStdErr = line.IsError, LineNumber = ++number }));
            await WriteAsync(output, update, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ExecuteCommandAsync(PipeReader input, PipeWriter output, CancellationToken cancellationToken)
    {
        var request = await ReadAsync(input, ResourceCommandRequest.Parser, cancellationToken).ConfigureAwait(false);

        // Who asks may leave, but what has been begun is brought to its end: a restart must not stop half way.
        var response = await AnswerAsync(execute(request.ResourceName, request.CommandName, CancellationToken.None)).WaitAsync(cancellationToken).ConfigureAwait(false);
        await WriteAsync(output, response, cancellationToken).ConfigureAwait(false);

        static async Task<ResourceCommandResponse> AnswerAsync(Task<ExecuteCommandResult> command)
        {
            try
            {
                return await command.ConfigureAwait(false) is { Success: false } failed
                    ? new ResourceCommandResponse { Kind = ResourceCommandResponseKind.Failed, Message = failed.Message ?? "" }
                    : new ResourceCommandResponse { Kind = ResourceCommandResponseKind.Succeeded };
            }
            catch (OperationCanceledException)
            {
                return new ResourceCommandResponse { Kind = ResourceCommandResponseKind.Cancelled };
            }
        }
    }

    /// <summary>
    /// There is nothing to ask, but without this stream the dashboard shows no resources either. Where the stream has failed and is opened
    /// again, the dashboard counts as unconnected until a message comes, and waits for all resources once more: so it gets both.
    /// </summary>
    private async Task WatchInteractionsAsync(PipeReader input, PipeWriter output, CancellationToken cancellationToken)
    {
        await Interlocked.Exchange(ref _interactionsOpened, new CancellationTokenSource()).CancelAsync().ConfigureAwait(false);

        // The end of an interaction that never was.
        await WriteAsync(output, new WatchInteractionsResponseUpdate { Complete = new() }, cancellationToken).ConfigureAwait(false);

        while (await GrpcFrames.ReadAsync(input, WatchInteractionsRequestUpdate.Parser, cancellationToken).ConfigureAwait(false) is not null)
        {
            // Nothing was asked, so there is nothing to do with an answer.
        }
    }

    private static async Task<T> ReadAsync<T>(PipeReader input, MessageParser<T> parser, CancellationToken cancellationToken) where T : class, IMessage<T> =>
        await GrpcFrames.ReadAsync(input, parser, cancellationToken).ConfigureAwait(false)
        ?? throw new GrpcException(GrpcStatus.Internal, $"There is no {typeof(T).Name}.");

    /// <summary>Waits while who reads has no room for more.</summary>
    private static async Task WriteAsync(PipeWriter output, IMessage message, CancellationToken cancellationToken)
    {
        GrpcFrames.Write(output, message);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
