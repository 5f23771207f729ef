using System.Linq;
using ConnectionTracing.Model;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>The resolver says that there is no such name. That it did not answer is something else.</summary>
internal sealed class HostNotFoundRule : IDiagnosisRule
{
    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options) =>
        request.Setups.SelectMany(setup => setup.Phases).Any(step => step is { Kind: SetupPhaseKind.Dns, ErrorType: "host_not_found" })
            ? new Symptom(
                FindingCause.HostNotFound,
                "The host name has no address.",
                "The DNS lookup ended with host_not_found.",
                "Check the name in the URL or in the service discovery configuration, and the DNS search domains of the machine.")
            : null;
}
