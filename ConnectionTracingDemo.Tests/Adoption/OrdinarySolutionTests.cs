namespace ConnectionTracingDemo.Tests.Adoption;

/// <summary>Projects of many kinds that reference the copied folder and call its two lines. Their build has been without a warning.</summary>
[Collection(AdoptionRuns.Name)]
public sealed class OrdinarySolutionTests(OrdinarySolution solution) : IClassFixture<OrdinarySolution>
{
    [Fact]
    public Task Own_ServiceDefaults_and_newer_packages_stay_as_they_are() => AssertServiceIsTracedAsync(OrdinarySolution.OwnDefaults);

    [Fact]
    public Task Connections_go_to_the_exporter_that_code_configures() => AssertServiceIsTracedAsync(OrdinarySolution.OwnExporter, collectorInCode: true);

    [Fact]
    public Task A_project_for_native_AOT_is_traced_under_dotnet_run() =>
        AssertServiceIsTracedAsync(OrdinarySolution.Native, command: ["dotnet", "run", "--no-build", "--project", OrdinarySolution.Native]);

    [NativeFact]
    public async Task A_native_program_is_traced_and_its_compiler_warns_of_nothing()
    {
        await solution.Files.BuildAsync("publish", OrdinarySolution.Native, "--output", "native");

        await AssertServiceIsTracedAsync(OrdinarySolution.Native, command: [solution.Files.PathOf($"native/{OrdinarySolution.Native}")]);
    }

    [Fact]
    public async Task An_exporter_that_does_not_fit_the_SDK_is_named_with_the_package_to_reference()
    {
        await using var run = await TracedRun.StartServiceAsync(solution.Files, OrdinarySolution.OlderExporter);

        await run.AssertServiceAnswersAsync();
        await run.AssertEndsWellAsync("Reference the package OpenTelemetry.Exporter.OpenTelemetryProtocol in version 1.20.1 from your project.");
    }

    [Fact]
    public async Task A_worker_is_traced()
    {
        await using var run = await TracedRun.StartWorkerAsync(solution.Files, OrdinarySolution.Worker);

        await run.AssertWorkerIsTracedAsync();
        await run.AssertEndsWellAsync();
    }

    private Task AssertServiceIsTracedAsync(string name, bool collectorInCode = false, params string[] command) =>
        TracedRun.AssertServiceIsTracedAsync(solution.Files, name, collectorInCode, command);
}
