using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Tests.LifeAndDeath;

/// <summary>The solution's AppHost in this process, on the real DCP. Like DistributedApplicationTestingBuilder, for an AppHost that this assembly cannot refer to: it has the same classes as others.</summary>
internal sealed class TestedAppHost : IAsyncDisposable
{
    private readonly TestingBuilder _builder;

    private TestedAppHost(TestingBuilder builder, DistributedApplication app)
    {
        _builder = builder;
        App = app;
    }

    public DistributedApplication App { get; }

    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="settings">Run with a dashboard of these settings; null: without one.</param>
    /// <param name="configure">Changes a project of the model.</param>
    public static async Task<TestedAppHost> StartAsync(CancellationToken cancellationToken, AppHostSettings? settings = null, Action<ProjectResource>? configure = null)
    {
        var args = settings?.Variables.Select(variable => $"--{variable.Key.Replace("__", ":", StringComparison.Ordinal)}={variable.Value}") ?? ["--DOTNET_LAUNCH_PROFILE=http"];
        var entryPoint = new EntryPoint(Assembly.LoadFrom(AppHostBuild.Program + ".dll"), [.. args], (options, _) => options.DisableDashboard = settings is null);
        var builder = new TestingBuilder(await entryPoint.RunToBuildAsync(cancellationToken), entryPoint);
        try
        {
            var app = await builder.BuildAsync(cancellationToken);
            foreach (var project in app.Services.GetRequiredService<ApplicationModelOptions>().Projects)
            {
                configure?.Invoke(project);
            }

            await app.StartAsync(cancellationToken);
            return new TestedAppHost(builder, app);
        }
        catch
        {
            await builder.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _builder.DisposeAsync();

    /// <summary>Executes a command, which has to succeed.</summary>
    public async Task ExecuteAsync(string resource, string command, CancellationToken cancellationToken)
    {
        var result = await App.ResourceCommands.ExecuteCommandAsync(resource, command, cancellationToken);
        Assert.True(result.Success, result.Message);
    }
}
