using ConnectionTracingDemo.Web.FaultLab;

namespace ConnectionTracingDemo.Tests.FaultLab;

/// <summary>A scenario that would disturb others runs by itself.</summary>
public sealed class RunLimitTests
{
    private static readonly FaultScenario Quiet = FaultScenarios.Find("refused-port")!;
    private static readonly FaultScenario Disturbing = FaultScenarios.Find("starved-thread-pool")!;

    private readonly RunLimit _runs = new(max: 3);

    [Fact]
    public void None_begins_beside_a_disturbing_one_until_it_has_ended()
    {
        _runs.Begin(Disturbing);

        Assert.Equal(429, Assert.Throws<FaultLabException>(() => _runs.Begin(Quiet)).Status);
        Assert.Equal(429, Assert.Throws<FaultLabException>(() => _runs.Begin(Disturbing)).Status);

        _runs.End();
        _runs.Begin(Quiet);
    }

    [Fact]
    public void A_disturbing_one_does_not_begin_until_all_others_have_ended()
    {
        _runs.Begin(Quiet);
        _runs.Begin(Quiet);
        _runs.End();

        Assert.Equal(429, Assert.Throws<FaultLabException>(() => _runs.Begin(Disturbing)).Status);

        _runs.End();
        _runs.Begin(Disturbing);
    }
}
