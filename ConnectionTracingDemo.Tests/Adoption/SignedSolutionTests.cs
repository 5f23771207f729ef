using System.Reflection;
using System.Security.Cryptography;

namespace ConnectionTracingDemo.Tests.Adoption;

/// <summary>A solution that signs its assemblies and documents them, and has neither implicit usings nor nullable references.</summary>
[Collection(AdoptionRuns.Name)]
public sealed class SignedSolutionTests
{
    // Older SDKs warn where a signed assembly references one that is not (CS8002). This one leaves that to .NET Framework, so it is looked up.
    [Fact]
    public async Task A_signed_application_takes_the_library()
    {
        using var solution = await HostSolution.CreateAsync();
        using (var key = new RSACryptoServiceProvider(2048))
        {
            File.WriteAllBytes(solution.PathOf("Acme.snk"), key.ExportCspBlob(includePrivateParameters: true));
        }

        // The exporter is not in the list: it is to be of the same version as the rest, because 1.15.3 does not fit.
        solution.Write("Directory.Packages.props", """
            <Project>
              <PropertyGroup>
                <ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>
              </PropertyGroup>
              <ItemGroup>
                <PackageVersion Include="OpenTelemetry.Extensions.Hosting" Version="1.20.1" />
              </ItemGroup>
            </Project>
            """);
        solution.Write("Directory.Build.props", """
            <Project>
              <PropertyGroup>
                <LangVersion>10</LangVersion>
                <AssemblyOriginatorKeyFile>$(MSBuildThisFileDirectory)Acme.snk</AssemblyOriginatorKeyFile>
                <GenerateDocumentationFile>true</GenerateDocumentationFile>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
            </Project>
            """);
        solution.WriteService(
            "Service",
            $"""
            <PropertyGroup><SignAssembly>true</SignAssembly></PropertyGroup>
            <ItemGroup>
              <PackageReference Include="OpenTelemetry.Extensions.Hosting" />
              {HostSolution.Reference}
            </ItemGroup>
            """,
            solution.TracedSetup,
            solution.Map);

        await solution.BuildAsync("build", "Service");

        var output = solution.PathOf("Service/bin/Debug/net10.0");
        var library = AssemblyName.GetAssemblyName(Path.Combine(output, "ConnectionTracing.dll")).GetPublicKeyToken()!;
        Assert.NotEmpty(library);
        Assert.NotEqual(AssemblyName.GetAssemblyName(Path.Combine(output, "Service.dll")).GetPublicKeyToken(), library);

        await TracedRun.AssertServiceIsTracedAsync(solution, "Service");
    }
}
