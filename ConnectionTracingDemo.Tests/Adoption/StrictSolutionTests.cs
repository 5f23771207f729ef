namespace ConnectionTracingDemo.Tests.Adoption;

/// <summary>A solution whose rules are for all of its projects: package versions in one place, and everything that warns is an error.</summary>
[Collection(AdoptionRuns.Name)]
public sealed class StrictSolutionTests
{
    [Fact]
    public async Task Rules_and_package_versions_of_a_solution_do_not_reach_the_library()
    {
        using var solution = await HostSolution.CreateAsync();
        // The oldest that work together, in part older than what the library asks for.
        solution.Write("Directory.Packages.props", """
            <Project>
              <PropertyGroup>
                <ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>
                <CentralPackageTransitivePinningEnabled>true</CentralPackageTransitivePinningEnabled>
              </PropertyGroup>
              <ItemGroup>
                <PackageVersion Include="OpenTelemetry" Version="1.15.3" />
                <PackageVersion Include="OpenTelemetry.Exporter.OpenTelemetryProtocol" Version="1.15.3" />
                <PackageVersion Include="OpenTelemetry.Extensions.Hosting" Version="1.9.0" />
                <PackageVersion Include="StyleCop.Analyzers" Version="1.1.118" />
              </ItemGroup>
            </Project>
            """);
        solution.Write("Directory.Build.props", """
            <Project>
              <PropertyGroup>
                <TargetFrameworks>net10.0</TargetFrameworks>
                <LangVersion>13</LangVersion>
                <Nullable>disable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <AssemblyName>Acme.$(MSBuildProjectName)</AssemblyName>
                <RootNamespace>Acme.$(MSBuildProjectName)</RootNamespace>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <MSBuildTreatWarningsAsErrors>true</MSBuildTreatWarningsAsErrors>
                <AnalysisLevel>latest</AnalysisLevel>
                <AnalysisMode>All</AnalysisMode>
                <EnforceCodeStyleInBuild>true</EnforceCodeStyleInBuild>
                <RestorePackagesWithLockFile>true</RestorePackagesWithLockFile>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="StyleCop.Analyzers" PrivateAssets="all" />
                <Using Include="Acme.Service" />
                <InternalsVisibleTo Include="$(AssemblyName).Tests" />
              </ItemGroup>
            </Project>
            """);
        solution.Write("Directory.Build.targets", """
            <Project>
              <PropertyGroup>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                <AssemblyAttribute Include="System.Runtime.CompilerServices.InternalsVisibleTo">
                  <_Parameter1>$(AssemblyName).IntegrationTests</_Parameter1>
                </AssemblyAttribute>
              </ItemGroup>
            </Project>
            """);
        solution.Write(".editorconfig", """
            root = true

            [*.cs]
            dotnet_analyzer_diagnostic.severity = error
            dotnet_diagnostic.CS1573.severity = error

            [ConnectionTracing/**.cs]
            generated_code = true
            """);
        solution.Write("Service/Nothing.cs", "namespace Acme.Service { internal static class Nothing; }");
        // The rules are not for its own code either, which is not what is tested here.
        solution.WriteService(
            "Service",
            """
            <PropertyGroup>
              <TargetFrameworks />
              <AssemblyName>Service</AssemblyName>
              <RunAnalyzers>false</RunAnalyzers>
            </PropertyGroup>
            <ItemGroup>
              <PackageReference Include="OpenTelemetry.Extensions.Hosting" />
            </ItemGroup>
            """,
            solution.TracedSetup,
            solution.Map);

        await solution.RunOfReadmeAsync("dotnet add reference", "Service");

        await solution.BuildAsync("build", "Service");

        await TracedRun.AssertServiceIsTracedAsync(solution, "Service");
    }
}
