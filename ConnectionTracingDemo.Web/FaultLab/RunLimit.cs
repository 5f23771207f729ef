namespace ConnectionTracingDemo.Web.FaultLab;

/// <summary>The runs under way: no more than <paramref name="max"/>, and one that disturbs others only by itself.</summary>
internal sealed class RunLimit(int max)
{
    private readonly Lock _lock = new();
    private int _running;
    private bool _alone;

    /// <summary>Begins a run, until <see cref="End"/>.</summary>
    /// <exception cref="FaultLabException">It cannot begin now; the message says why.</exception>
    public void Begin(FaultScenario scenario)
    {
        lock (_lock)
        {
            if (_alone)
            {
                throw Refuse("The scenario that is under way would disturb this one");
            }

            if (scenario.RunsAlone && _running > 0)
            {
                throw Refuse("This scenario would disturb the runs that are under way");
            }

            if (_running == max)
            {
                throw Refuse($"{max} runs are under way, and {FaultLabOptions.Section}:{nameof(FaultLabOptions.MaxRuns)} allows no more");
            }

            _running++;
            _alone = scenario.RunsAlone;
        }
    }

    public void End()
    {
        lock (_lock)
        {
            _running--;
            _alone = false;
        }
    }

    private static FaultLabException Refuse(string why) => new(StatusCodes.Status429TooManyRequests, $"{why}. Try again in a few seconds.");
}
