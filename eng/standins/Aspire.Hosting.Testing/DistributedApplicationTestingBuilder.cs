using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Runs the entry point of an AppHost up to its call of <c>Build</c>, and hands its builder to a test.</summary>
public static class DistributedApplicationTestingBuilder
{
    /// <summary>Creates the builder of an AppHost.</summary>
    /// <typeparam name="TEntryPoint">A type of the AppHost's assembly, such as the class of the AppHost in the namespace <c>Projects</c>.</typeparam>
    /// <param name="cancellationToken">Ends the wait for it.</param>
    /// <exception cref="InvalidOperationException">The assembly has no entry point, or it ended before it built an application.</exception>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default) where TEntryPoint : class =>
        CreateAsync<TEntryPoint>([], cancellationToken);

    /// <summary>Creates the builder of an AppHost.</summary>
    /// <typeparam name="TEntryPoint">A type of the AppHost's assembly.</typeparam>
    /// <param name="args">The command line; it can set any key of the configuration: <c>--Key=value</c>.</param>
    /// <param name="cancellationToken">Ends the wait for it.</param>
    /// <exception cref="InvalidOperationException">The assembly has no entry point, or it ended before it built an application.</exception>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default) where TEntryPoint : class =>
        CreateAsync<TEntryPoint>(args, (_, _) => { }, cancellationToken);

    /// <summary>Creates the builder of an AppHost.</summary>
    /// <typeparam name="TEntryPoint">A type of the AppHost's assembly.</typeparam>
    /// <param name="args">The command line; it can set any key of the configuration: <c>--Key=value</c>.</param>
    /// <param name="configureBuilder">Changes the options before the builder is created; by default there is no dashboard.</param>
    /// <param name="cancellationToken">Ends the wait for it.</param>
    /// <exception cref="InvalidOperationException">The assembly has no entry point, or it ended before it built an application.</exception>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        string[] args,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder,
        CancellationToken cancellationToken = default) where TEntryPoint : class
    {
        var entryPoint = new EntryPoint(typeof(TEntryPoint).Assembly, args, configureBuilder);
        try
        {
            return new TestingBuilder(await entryPoint.RunToBuildAsync(cancellationToken).ConfigureAwait(false), entryPoint);
        }
        catch
        {
            entryPoint.End();
            throw;
        }
    }
}
