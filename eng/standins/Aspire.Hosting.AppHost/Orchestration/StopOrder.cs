using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>The order to stop projects in: those that nobody depends on first.</summary>
internal static class StopOrder
{
    /// <returns>Waves; what is in one wave can stop at the same time.</returns>
    public static IReadOnlyList<IReadOnlyList<T>> Of<T>(IEnumerable<T> runners, Func<T, ProjectResource> projectOf) where T : class
    {
        var waves = new List<IReadOnlyList<T>>();
        var remaining = runners.ToList();
        while (remaining.Count > 0)
        {
            var wave = remaining.Where(runner => !remaining.Any(other => other != runner && DependsOn(projectOf(other), projectOf(runner)))).ToList();
            if (wave.Count == 0)
            {
                // Projects that refer to each other have no order.
                wave = [.. remaining];
            }

            waves.Add(wave);
            remaining.RemoveAll(wave.Contains);
        }

        return waves;
    }

    private static bool DependsOn(ProjectResource project, ProjectResource other) => project.WaitsFor.Contains(other) || project.References.Contains(other);
}
