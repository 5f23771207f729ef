using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>An application of several projects, run on this machine by DCP and shown in the Aspire dashboard.</summary>
public class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;
    private readonly EntryPointHook? _hook;
    private int _disposed;

    internal DistributedApplication(IHost host, EntryPointHook? hook)
    {
        _host = host;
        _hook = hook;
    }

    /// <summary>The services of the AppHost itself.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Tells what state each resource is in.</summary>
    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    /// <summary>Starts, stops and restarts resources.</summary>
    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    /// <summary>Creates a builder for the program's own application model.</summary>
    /// <param name="args">The command line; it can set any key of the configuration.</param>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => CreateBuilder(new DistributedApplicationOptions { Args = args });

    /// <summary>Creates a builder.</summary>
    /// <param name="options">Settings of the AppHost.</param>
    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options) => new DistributedApplicationBuilder(options);

    /// <summary>Starts the application and returns when it has stopped.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>
    /// Starts the application and waits until Ctrl+C, SIGTERM, a fault or <paramref name="cancellationToken"/> ends it.
    /// A fault is logged, and the exit code of the program becomes 1.
    /// </summary>
    /// <param name="cancellationToken">Stops the application.</param>
    public virtual async Task RunAsync(CancellationToken cancellationToken = default)
    {
        if (_hook is not null)
        {
            // A test starts and stops the application; the program only has to stay.
            await _hook.TestEnded.ConfigureAwait(false);
            return;
        }

        var runner = Services.GetRequiredService<ApplicationRunner>();
        try
        {
            await _host.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (runner.HasFailed)
        {
            // The fault has been logged in a line of its own; a stack trace would only bury it.
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C or SIGTERM while it was starting.
        }

        if (runner.HasFailed)
        {
            Environment.ExitCode = 1;
        }
    }

    /// <summary>Starts the application; resources that wait for others may start later.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="DistributedApplicationException">Something that it needs is missing or does not work.</exception>
    public virtual Task StartAsync(CancellationToken cancellationToken = default) => _host.StartAsync(cancellationToken);

    /// <summary>Stops the application, the projects that nobody depends on first.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public virtual Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    /// <summary>Stops the application, if it still runs, and frees what it holds.</summary>
    public virtual void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops the application, if it still runs, and frees what it holds. A test may dispose both the application and its builder.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await Services.GetRequiredService<ApplicationRunner>().StopAsync(CancellationToken.None).ConfigureAwait(false);
        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync().ConfigureAwait(false);
        }

        GC.SuppressFinalize(this);
    }
}
