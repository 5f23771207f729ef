using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting.Tests;

public sealed class StopOrderTests
{
    private readonly ProjectResource _database = Model.Project("database");
    private readonly ProjectResource _api = Model.Project("api");
    private readonly ProjectResource _web = Model.Project("web");
    private readonly ProjectResource _jobs = Model.Project("jobs");

    [Fact]
    public void Who_depends_on_others_stops_before_them()
    {
        _api.WaitsFor.Add(_database);
        _web.References.Add(_api);
        _jobs.References.Add(_database);

        Assert.Equal("web jobs | api | database", Describe());
    }

    [Fact]
    public void Who_has_nothing_to_do_with_each_other_stops_at_the_same_time() => Assert.Equal("database api web jobs", Describe());

    [Fact]
    public void A_circle_has_no_order_but_an_end()
    {
        _api.References.Add(_web);
        _web.References.Add(_api);
        _jobs.WaitsFor.Add(_api);

        Assert.Equal("database jobs | api web", Describe());
    }

    [Fact]
    public void Who_refers_to_itself_stops_like_any_other()
    {
        _api.References.Add(_api);
        _web.WaitsFor.Add(_api);

        Assert.Equal("database web jobs | api", Describe());
    }

    private string Describe()
    {
        ProjectResource[] projects = [_database, _api, _web, _jobs];
        return string.Join(" | ", StopOrder.Of(projects, project => project).Select(wave => string.Join(' ', wave.Select(project => project.Name))));
    }
}
