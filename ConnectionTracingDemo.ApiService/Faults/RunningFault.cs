namespace ConnectionTracingDemo.ApiService.Faults;

/// <summary>A fault server at work, as <c>POST /faults/{kind}</c> tells it.</summary>
/// <param name="Id">For <c>DELETE /faults/{id}</c>.</param>
/// <param name="Kind">One of <see cref="FaultKind.All"/>.</param>
/// <param name="Scheme">http or https.</param>
/// <param name="Port">Where it is.</param>
/// <param name="Addresses">Its addresses, in the order in which to try them.</param>
/// <param name="Certificate">Its certificate, DER in Base64, for clients that are to trust it.</param>
/// <param name="EndsAt">When it ends, if nobody stops it.</param>
internal sealed record RunningFault(
    string Id,
    string Kind,
    string Scheme,
    int Port,
    IReadOnlyList<string> Addresses,
    string? Certificate,
    DateTimeOffset EndsAt)
{
    public static RunningFault Describe(string id, FaultKind kind, FaultServer server, DateTimeOffset endsAt) => new(
        id,
        kind.Name,
        server.Scheme,
        server.Port,
        [.. server.Addresses.Select(address => address.ToString())],
        server.Certificate is { } certificate ? Convert.ToBase64String(certificate.RawData) : null,
        endsAt);
}
