using System.Text.RegularExpressions;

namespace ConnectionTracingDemo.Tests.Standalone;

/// <summary>The code blocks of a README.</summary>
internal sealed partial class Readme
{
    private readonly IReadOnlyList<(string Language, string Code)> _blocks;

    private Readme(IReadOnlyList<(string Language, string Code)> blocks) => _blocks = blocks;

    public static async Task<Readme> ReadAsync(string path)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, path));
        return new Readme([.. Block().Matches(text).Select(block => (block.Groups["language"].Value, Unindent(block.Groups["code"].Value, block.Groups["indent"].Value)))]);
    }

    /// <summary>The variables that its shell blocks export.</summary>
    public static async Task<Dictionary<string, string>> ReadVariablesAsync(string path) =>
        (await ReadAsync(path)).BlocksOf("sh")
            .SelectMany(block => Export().Matches(block))
            .ToDictionary(export => export.Groups[1].Value, export => export.Groups[2].Value);

    public IEnumerable<string> BlocksOf(string language) => _blocks.Where(block => block.Language == language).Select(block => block.Code);

    /// <summary>The links that lead to files beside the text, without what follows a #.</summary>
    public static IEnumerable<string> LinksIn(string text) =>
        Link().Matches(text).Select(link => link.Groups["target"].Value).Where(link => !link.Contains(':') && link.Length > 0);

    /// <summary>The links to a heading: the file, empty for this one, and the anchor.</summary>
    public static IEnumerable<(string File, string Anchor)> AnchorLinksIn(string text) =>
        AnchorLink().Matches(text).Select(link => (link.Groups["target"].Value, link.Groups["anchor"].Value));

    /// <summary>The anchors of its headings, as GitHub makes them.</summary>
    public static IEnumerable<string> AnchorsIn(string text) =>
        Heading().Matches(Block().Replace(text, "")).Select(heading => NotInAnchor().Replace(heading.Groups["text"].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    private static string Unindent(string code, string indent) =>
        string.Join('\n', code.TrimEnd().Split('\n').Select(line => line.StartsWith(indent, StringComparison.Ordinal) ? line[indent.Length..] : line));

    [GeneratedRegex(@"^export (\w+)=(.*)$", RegexOptions.Multiline)]
    private static partial Regex Export();

    [GeneratedRegex(@"\]\((?<target>[^)#]*)[^)]*\)|src(set)?=""(?<target>[^""]*)""")]
    private static partial Regex Link();

    [GeneratedRegex(@"\]\((?<target>[^)#:]*)#(?<anchor>[^)]+)\)")]
    private static partial Regex AnchorLink();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex(@"^(?<indent> *)```(?<language>\w*)\n(?<code>.*?)^ *```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
