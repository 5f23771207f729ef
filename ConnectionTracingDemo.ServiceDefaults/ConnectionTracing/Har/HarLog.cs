using System;
using System.Collections.Generic;
using System.Reflection;
using System.Text.Json.Serialization;

namespace ConnectionTracing.Har;

/// <summary>The <c>log</c> of a HAR file.</summary>
/// <param name="Version">The version of the format.</param>
/// <param name="Creator">What wrote it.</param>
/// <param name="Pages">One for each service that sent requests.</param>
/// <param name="Entries">The requests, ordered by their start.</param>
/// <param name="Comment">What is missing from it; null: nothing.</param>
internal sealed record HarLog(
    string Version,
    HarCreator Creator,
    IReadOnlyList<HarPage> Pages,
    IEnumerable<HarEntry> Entries,
    string? Comment = null);

/// <summary>The program that wrote a HAR file.</summary>
internal sealed record HarCreator(string Name, string Version)
{
    public static HarCreator Current { get; } = new("ConnectionTracing", VersionOf(typeof(HarCreator).Assembly));

    /// <summary>Without the commit, which the SDK appends.</summary>
    private static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
}

/// <summary>Groups the requests of a service.</summary>
/// <param name="StartedDateTime">When the first of them began.</param>
/// <param name="Id">What the entries refer to: the name of the service.</param>
/// <param name="Title">The name of the service.</param>
internal sealed record HarPage([property: JsonConverter(typeof(HarTimeConverter))] DateTimeOffset StartedDateTime, string Id, string Title)
{
    /// <summary>A service has no times of a page.</summary>
    public HarPageTimings PageTimings { get; } = new();
}

/// <summary>The times of a page, in milliseconds. They do not apply to a service.</summary>
internal sealed record HarPageTimings
{
    public double OnContentLoad { get; } = -1;

    public double OnLoad { get; } = -1;
}
