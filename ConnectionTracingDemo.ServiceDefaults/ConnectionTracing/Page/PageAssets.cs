using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;

namespace ConnectionTracing.Page;

/// <summary>The files of the page: resources of this assembly, read when they are needed first.</summary>
internal static class PageAssets
{
    private const string Prefix = "ConnectionTracing.Page.";

    private static readonly Assembly Resources = typeof(PageAssets).Assembly;

    private static readonly string Index = Encoding.UTF8.GetString(Read(Prefix + "index.html"));

    private static readonly FrozenDictionary<string, PageAsset> Files = Resources.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && TypeOf(name) is not null)
        .ToFrozenDictionary(name => name[Prefix.Length..], name => Load(name, TypeOf(name)!), StringComparer.Ordinal);

    /// <summary>A module or a style sheet; null: there is none of this name.</summary>
    public static PageAsset? Find(string name) => Files.GetValueOrDefault(name);

    /// <summary>The page itself.</summary>
    /// <param name="assets">Where its files are, relative to it, with a slash at the end.</param>
    /// <param name="dashboard">The address of the dashboard; empty: unknown.</param>
    /// <param name="service">The name of this process.</param>
    public static string Render(string assets, string dashboard, string service) => Index
        .Replace("{{assets}}", HtmlEncoder.Default.Encode(assets), StringComparison.Ordinal)
        .Replace("{{dashboard}}", HtmlEncoder.Default.Encode(dashboard), StringComparison.Ordinal)
        .Replace("{{service}}", HtmlEncoder.Default.Encode(service), StringComparison.Ordinal);

    private static string? TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        _ => null,
    };

    private static PageAsset Load(string name, string contentType)
    {
        var content = Read(name);
        return new PageAsset(contentType, content, $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"");
    }

    private static byte[] Read(string name)
    {
        using var stream = Resources.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{Resources.GetName().Name} has no resource {name}: its project file embeds the folder Page.");
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
