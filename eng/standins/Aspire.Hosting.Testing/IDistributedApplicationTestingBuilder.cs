namespace Aspire.Hosting.Testing;

/// <summary>The builder of an AppHost under test: its model is complete, and the test may still change it.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable, IDisposable
{
    /// <summary>Builds the application.</summary>
    /// <param name="cancellationToken">Ends the wait for it.</param>
    /// <returns>The application, not started yet.</returns>
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}
