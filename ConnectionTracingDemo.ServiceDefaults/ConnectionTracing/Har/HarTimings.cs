namespace ConnectionTracing.Har;

/// <summary>Where the time of a request went, in milliseconds. -1: does not apply, or is unknown.</summary>
/// <param name="Blocked">Waiting for a connection, without the steps of opening one; a microsecond where a connection was there.</param>
/// <param name="Dns">Looking up the name.</param>
/// <param name="Connect">Opening the connection after that, <paramref name="Ssl"/> included.</param>
/// <param name="Ssl">The TLS handshake.</param>
/// <param name="Send">Sending headers and body.</param>
/// <param name="Wait">Waiting for the response headers.</param>
/// <param name="Receive">Reading the body of the response.</param>
/// <param name="Comment">What the values do not say; null: nothing.</param>
internal sealed record HarTimings(
    double Blocked = -1,
    double Dns = -1,
    double Connect = -1,
    double Ssl = -1,
    double Send = -1,
    double Wait = -1,
    double Receive = -1,
    string? Comment = null);
