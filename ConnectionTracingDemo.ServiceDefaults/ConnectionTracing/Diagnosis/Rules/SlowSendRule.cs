using System.Globalization;

namespace ConnectionTracing.Diagnosis.Rules;

/// <summary>
/// A large body took long to send. A small one fits into the buffers of the sockets: there it would be the application that was slow to
/// provide it, as with a stream that goes on for long on purpose.
/// </summary>
internal sealed class SlowSendRule : IDiagnosisRule
{
    private const int Large = 64 * 1024;

    public Symptom? Examine(ExaminedRequest request, ConnectionTracingDiagnosisOptions options)
    {
        if (request is not { Exchange: { IsAnsweredEarly: false, ContentStart: { } start, ContentSent: { } sent }, ContentLength: >= Large and var length })
        {
            return null;
        }

        var duration = sent - start;
        return duration >= options.SlowSend && request.Proven(request.Start + start, duration) >= options.SlowSend
            ? new Symptom(
                FindingCause.SlowSend,
                "Sending the request is slow.",
                string.Create(CultureInfo.InvariantCulture, $"The body of {length} bytes took {EvidenceFormat.Ms(duration)}; the threshold is {EvidenceFormat.Ms(options.SlowSend)}."),
                "One of three is slow: the network, the server in reading it, or the content in providing it. Compare with the server's span: if it began to read at once and waited, look at the network or the content; if not, at the server.")
            : null;
    }
}
