using System.IO.Compression;
using ConnectionTracingDemo.Tests.Standalone;

namespace ConnectionTracingDemo.Tests.Adoption;

/// <summary>The package that the README says to make, in place of the folder.</summary>
[Collection(AdoptionRuns.Name)]
public sealed class PackageTests
{
    [Fact]
    public async Task The_packed_library_serves_as_well_as_its_folder()
    {
        using var solution = await HostSolution.CreateAsync();
        await solution.RunOfReadmeAsync("dotnet pack");

        var package = Assert.Single(Directory.GetFiles(solution.PathOf("packages")));
        using (var files = ZipFile.OpenRead(package))
        {
            Assert.Superset(
                new HashSet<string> { "LICENSE", "README.md", "lib/net10.0/ConnectionTracing.dll", "lib/net10.0/ConnectionTracing.xml" },
                files.Entries.Select(entry => entry.FullName).ToHashSet());
        }

        // Beside the sources that this machine has. The package is the same version each time, so it is kept here, and not for all.
        solution.Write("nuget.config", $"""
            <configuration>
              <packageSources>
                <add key="packages" value="packages" />
              </packageSources>
              <config>
                <add key="globalPackagesFolder" value="restored" />
              </config>
              <fallbackPackageFolders>
                <add key="user" value="{Repository.PackagesFolder}" />
              </fallbackPackageFolders>
            </configuration>
            """);
        solution.WriteService(
            "Service",
            $"""
            <ItemGroup>
              <PackageReference Include="ConnectionTracing" Version="{Path.GetFileNameWithoutExtension(package).Replace("ConnectionTracing.", "", StringComparison.Ordinal)}" />
            </ItemGroup>
            """,
            solution.TracedSetup,
            solution.Map);

        await solution.BuildAsync("build", "Service");

        await TracedRun.AssertServiceIsTracedAsync(solution, "Service");
    }
}
