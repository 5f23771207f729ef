using ConnectionTracingDemo.Web.FaultLab.Scenarios;

namespace ConnectionTracingDemo.Web.FaultLab;

/// <summary>The scenarios, in the order of the page. A new one needs one line here.</summary>
internal static class FaultScenarios
{
    public static IReadOnlyList<(string Title, IReadOnlyList<FaultScenario> Scenarios)> Groups { get; } =
    [
        ("The pool", [new ColdAndWarm(), new SmallPool(), new ConnectionChurn(), new IdleClosed(), new Http1AgainstHttp2(), new StreamLimit()]),
        ("Opening a connection", [new UnknownHost(), new RefusedPort(), new HangingConnect(), new DeadFirstAddress(), new SlowTls(), new UntrustedCertificate(), new ClientCertificateRefused(), new PlaintextOnTls(), new ProxyDown(), new SlowResolver()]),
        ("Request and answer", [new IgnoredContinue(), new SlowHeaders(), new StarvedThreadPool(), new SlowBody(), new CancelledRequest()]),
    ];

    public static IEnumerable<FaultScenario> All => Groups.SelectMany(group => group.Scenarios);

    public static FaultScenario? Find(string id) => All.FirstOrDefault(scenario => scenario.Id == id);
}
