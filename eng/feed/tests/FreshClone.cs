using System.IO.Compression;
using System.Xml.Linq;

namespace ConnectionTracingDemo.Feed.Tests;

/// <summary>The build files of the repository around one small project, in a folder of its own with a NuGet feed of its own.</summary>
internal sealed class FreshClone : IDisposable
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
          </PropertyGroup>
        </Project>
        """;

    private readonly DirectoryInfo _root;

    /// <param name="feed">The address of the feed; default: a folder, which <see cref="AddToFeed"/> fills.</param>
    /// <param name="name">What the name of the clone's folder begins with.</param>
    public FreshClone(string feed = "feed", string name = "fresh-clone-")
    {
        _root = Directory.CreateTempSubdirectory(name);
        Copy("global.json", "Directory.Build.props", "Directory.Build.targets", "Directory.Solution.targets", "eng/standins/StandIns.targets");
        Copy([.. Directory.EnumerateFiles(Repository.PathOf("eng", "feed"), "*.*").Concat(Directory.EnumerateFiles(Repository.PathOf("eng", "feed", "probe"), "*.*"))
            .Select(file => Path.GetRelativePath(Repository.Directory, file))]);
        Write("src/Small.csproj", Project);
        Write("Small.slnx", """<Solution><Project Path="src/Small.csproj" /></Solution>""");
        Write("feed/empty.txt", "");
        Write("nuget.config", $"""<configuration><packageSources><clear /><add key="test" value="{feed}" allowInsecureConnections="true" /></packageSources></configuration>""");
    }

    public string AnswerFile => Path.Combine(_root.FullName, "artifacts", "feed.props");

    public string ProbeFile => Path.Combine(_root.FullName, "eng", "feed", "probe", "Probe.csproj");

    public string? Answer => File.Exists(AnswerFile) ? XDocument.Load(AnswerFile).Descendants("UseStandIns").Single().Value : null;

    /// <summary>Files that the asking left behind.</summary>
    public IEnumerable<string> Leftovers =>
        Directory.EnumerateDirectories(Path.Combine(_root.FullName, "eng"), "obj", SearchOption.AllDirectories)
            .Concat(Directory.Exists(Path.Combine(_root.FullName, "artifacts", "feed-probe")) ? Directory.EnumerateFileSystemEntries(Path.Combine(_root.FullName, "artifacts", "feed-probe")) : []);

    public void Write(string path, string content)
    {
        var target = Path.Combine(_root.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.WriteAllText(target, content);
    }

    /// <summary>Puts a package without content into the feed.</summary>
    public void AddToFeed(string id, string version)
    {
        using var package = ZipFile.Open(Path.Combine(_root.FullName, "feed", $"{id}.{version}.nupkg"), ZipArchiveMode.Create);
        using var nuspec = new StreamWriter(package.CreateEntry($"{id}.nuspec").Open());
        nuspec.Write($"""
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
              <metadata><id>{id}</id><version>{version}</version><authors>test</authors><description>test</description></metadata>
            </package>
            """);
    }

    /// <summary>The packages land in the folder, too: this machine's package cache must not learn of them.</summary>
    public Task<(int ExitCode, string Output)> RestoreAsync(string target, params string[] arguments) =>
        DotNet.RunAsync(_root.FullName, new Dictionary<string, string> { ["NUGET_PACKAGES"] = Path.Combine(_root.FullName, "packages") }, ["restore", target, .. arguments]);

    public void Dispose() => _root.Delete(recursive: true);

    private void Copy(params string[] paths)
    {
        foreach (var path in paths)
        {
            Write(path, File.ReadAllText(Repository.PathOf(path)));
        }
    }
}
