using System.Xml.Linq;

namespace ConnectionTracingDemo.Feed.Tests;

/// <summary>The question that is put to the feed is the right one.</summary>
public sealed class ProbeTests
{
    private static readonly IReadOnlyDictionary<string, string> Probe = Read(Repository.PathOf("eng", "feed", "probe", "Probe.csproj"), "PackageReference");

    [Fact]
    public void It_asks_for_each_package_that_has_a_stand_in_and_for_no_other()
    {
        var standIns = Directory.EnumerateDirectories(Repository.PathOf("eng", "standins")).Select(folder => Path.GetFileName(folder)!)
            .Where(name => File.Exists(Repository.PathOf("eng", "standins", name, $"{name}.csproj")));

        Assert.Equal(standIns.Order(StringComparer.Ordinal), Probe.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_asks_for_the_versions_of_the_product()
    {
        var products = Directory.EnumerateDirectories(Repository.Directory, "ConnectionTracingDemo.*").SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj")).ToList();
        var references = products.SelectMany(file => Read(file, "PackageReference").Where(reference => Probe.ContainsKey(reference.Key)).Select(reference => (File: Path.GetFileName(file), reference.Key, reference.Value))).ToList();

        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.Equal((reference.File, reference.Key, Probe[reference.Key]), reference));
    }

    [Fact]
    public void It_asks_for_all_of_Aspire_in_one_version()
    {
        var version = Probe["Aspire.Hosting.AppHost"];
        var appHost = XDocument.Load(Repository.PathOf("ConnectionTracingDemo.AppHost", "ConnectionTracingDemo.AppHost.csproj"));
        var targets = XDocument.Load(Repository.PathOf("eng", "standins", "Aspire.Hosting.AppHost", "build", "Aspire.Hosting.AppHost.targets"));

        Assert.Equal(version, Probe["Aspire.Hosting.Testing"]);
        Assert.All(Read(Repository.PathOf("eng", "feed", "probe", "Probe.csproj"), "PackageDownload").Values, download => Assert.Equal($"[{version}]", download));
        Assert.All(appHost.Descendants("Import").Where(import => import.Attribute("Sdk") is not null), import => Assert.Equal(version, import.Attribute("Version")!.Value));
        Assert.Equal(version, targets.Descendants("AspireBundleVersion").Single().Value);
        Assert.Contains($"\"@microsoft/aspire-cli-linux-x64\": \"{version}\"", File.ReadAllText(Repository.PathOf("eng", "standins", "Aspire.Hosting.AppHost", "build", "bundle", "package.json")), StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Read(string project, string item) =>
        XDocument.Load(project).Descendants(item).ToDictionary(element => element.Attribute("Include")!.Value, element => element.Attribute("Version")?.Value ?? "");
}
