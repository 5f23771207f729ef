using System.Text.Json.Serialization;

namespace Aspire.Hosting.Dcp;

// The part of DCP's API that this AppHost uses; the field names are DCP's.

internal sealed record DcpObject<TSpec, TStatus>(
    string Kind,
    DcpMetadata Metadata,
    TSpec? Spec,
    TStatus? Status,
    string ApiVersion = "usvc-dev.developer.microsoft.com/v1");

/// <param name="Uid">Different for each object, even of the same name; DCP sets it.</param>
internal sealed record DcpMetadata(string Name, Dictionary<string, string>? Annotations = null, string? Uid = null);

internal sealed record DcpList<T>(IReadOnlyList<T> Items);

internal sealed record DcpWatchEvent<T>(string Type, T Object);

/// <param name="Protocol">TCP, in this spelling: DCP takes no other and does not complain.</param>
/// <param name="Port">The public port; null: DCP chooses.</param>
internal sealed record DcpServiceSpec(string Address, int? Port, string Protocol = "TCP", string AddressAllocationMode = "Localhost");

internal sealed record DcpServiceStatus(string? EffectiveAddress, int? EffectivePort);

internal sealed record DcpExecutableSpec(
    string ExecutablePath,
    string WorkingDirectory,
    IReadOnlyList<string> Args,
    IReadOnlyList<DcpVariable> Env,
    DcpCertificates? PemCertificates = null);

internal sealed record DcpVariable(string Name, string Value);

internal sealed record DcpCertificates(IReadOnlyList<DcpCertificate> Certificates, bool ContinueOnError = true);

internal sealed record DcpCertificate(string Thumbprint, string Contents);

/// <param name="ExitCode">-1 where a signal ended the process; null while it runs.</param>
/// <param name="EffectiveEnv">The whole environment of the process, inherited variables included.</param>
internal sealed record DcpExecutableStatus(
    string? State,
    int? ExitCode,
    [property: JsonPropertyName("pid")] long? ProcessId,
    string? StdOutFile,
    string? StdErrFile,
    DateTimeOffset? StartupTimestamp = null,
    DateTimeOffset? FinishTimestamp = null,
    IReadOnlyList<DcpVariable>? EffectiveEnv = null)
{
    public bool HasEnded => State is "Finished" or "FailedToStart" or "Terminated";
}

/// <summary>What a producer of a Service says about itself, in the annotation <c>service-producer</c>.</summary>
internal sealed record DcpServiceProducer(string ServiceName, string Address);
