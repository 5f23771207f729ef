namespace Aspire.Hosting.Orchestration;

/// <summary>The order to stop projects in: those that nobody depends on first.</summary>
internal static class StopOrder
{
    /// <returns>Waves; the projects of one wave can stop at the same time.</returns>
    public static IReadOnlyList<IReadOnlyList<ProjectRunner>> Of(IEnumerable<ProjectRunner> runners)
    {
        var waves = new List<IReadOnlyList<ProjectRunner>>();
        var remaining = runners.ToList();
        while (remaining.Count > 0)
        {
            var wave = remaining.Where(runner => !remaining.Any(other => other != runner && DependsOn(other, runner))).ToList();
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

    private static bool DependsOn(ProjectRunner runner, ProjectRunner other) =>
        runner.Project.WaitsFor.Contains(other.Project) || runner.Project.References.Contains(other.Project);
}
