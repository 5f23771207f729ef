using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace ConnectionTracing.Runtime;

/// <summary>
/// What the exception of a request says: kinds, numbers, a host and a port. Nothing else of a message, whatever its language, is repeated.
/// </summary>
/// <param name="Error">As in <see cref="HttpRequestException.HttpRequestError"/>.</param>
/// <param name="Socket">What the system said of the socket; null: nothing.</param>
/// <param name="Status">What a proxy answered to CONNECT; null: nothing.</param>
/// <param name="Host">The host that could not be reached: that of the proxy where there is one. Null: the exception does not say.</param>
/// <param name="Port">Its port.</param>
/// <param name="Handshake">Why TLS could not be agreed on; null: it could, or the reason is unknown.</param>
/// <param name="CertificateErrors">What was wrong with the server's certificate, in the names of .NET; null: nothing.</param>
internal sealed partial record RequestFailure(
    HttpRequestError Error, SocketError? Socket, HttpStatusCode? Status, string? Host, int? Port, HandshakeFailure? Handshake, string? CertificateErrors)
{
    /// <summary>Inner exceptions beyond this are not looked at.</summary>
    private const int MaxDepth = 8;

    // Reasons of OpenSSL's library SSL; those of alerts are 1000 and the number of https://www.rfc-editor.org/rfc/rfc8446#appendix-B.2.
    private const int OpenSslLibrary = 20;
    private const int NoProtocolsAvailable = 191;
    private const int UnsupportedProtocol = 258;
    private const int WrongVersionNumber = 267;
    private const int Alert = 1000;

    /// <summary>What is known of a failure; null: nothing.</summary>
    public static RequestFailure? Of(Exception? failure)
    {
        if (failure is not HttpRequestException { HttpRequestError: var error } exception)
        {
            return null;
        }

        SocketError? socket = null;
        HandshakeFailure? handshake = null;
        string? certificate = null;
        var inner = exception.InnerException;
        for (var depth = 0; inner is not null && depth < MaxDepth; depth++, inner = inner.InnerException)
        {
            socket ??= (inner as SocketException)?.SocketErrorCode;
            certificate ??= inner is AuthenticationException ? Runtime.CertificateErrors.In(inner.Message) : null;
            handshake ??= certificate is not null ? HandshakeFailure.UntrustedCertificate : HandshakeOf(inner, duringHandshake: error == HttpRequestError.SecureConnectionError);
        }

        // Only where nothing more precise was found further inside.
        if (handshake is null && error == HttpRequestError.SecureConnectionError && exception.InnerException is IOException)
        {
            handshake = HandshakeFailure.Closed;
        }

        var (host, port) = EndpointOf(exception);
        return new RequestFailure(error, socket, error == HttpRequestError.ProxyTunnelError ? exception.StatusCode : null, host, port, handshake, certificate);
    }

    private static HandshakeFailure? HandshakeOf(Exception exception, bool duringHandshake) => exception switch
    {
        // The message has no number. The runtime's own messages are not translated.
        AuthenticationException when exception.Message.Contains("frame size", StringComparison.Ordinal) => HandshakeFailure.NotTls,
        CryptographicException when ReasonOf(exception.HResult) is { } reason => reason switch
        {
            NoProtocolsAvailable or UnsupportedProtocol or Alert + 70 => HandshakeFailure.NoCommonVersion,
            WrongVersionNumber when duringHandshake => HandshakeFailure.NotTls,
            Alert + 116 => HandshakeFailure.ClientCertificateMissing,
            // From bad_certificate to certificate_unknown, unknown_ca, access_denied: of the client's certificate, the server has sent its own.
            (>= Alert + 42 and <= Alert + 46) or Alert + 48 or Alert + 49 => HandshakeFailure.ClientCertificateRefused,
            // With TLS 1.3 the server checks the client's certificate when the client's handshake is over; before, it may be about ciphers.
            Alert + 40 when !duringHandshake => HandshakeFailure.ClientCertificateRefused,
            _ => null,
        },
        _ => null,
    };

    /// <summary>The reason in an error code of OpenSSL 1.1 or 3; null: it is no such code.</summary>
    private static int? ReasonOf(int code) =>
        code >> 23 == OpenSslLibrary ? code & 0x7FFFFF
        : code >> 24 == OpenSslLibrary ? code & 0xFFF
        : null;

    private static (string? Host, int? Port) EndpointOf(HttpRequestException exception)
    {
        switch (exception.HttpRequestError)
        {
            case HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                when Endpoint().Match(exception.Message) is { Success: true } match && int.TryParse(match.Groups["port"].ValueSpan, CultureInfo.InvariantCulture, out var port):
                return (match.Groups["host"].Value, port);

            case HttpRequestError.ProxyTunnelError
                when Proxy().Match(exception.Message) is { Success: true } match && Uri.TryCreate(match.Groups["uri"].Value, UriKind.Absolute, out var uri):
                return (uri.IdnHost, uri.Port);

            default:
                return default;
        }
    }

    /// <summary>As in <c>Connection refused (localhost:5000)</c>; an IPv6 address is in brackets.</summary>
    [GeneratedRegex(@"\(\[?(?<host>[^()\[\]\s]+?)\]?:(?<port>\d{1,5})\)$")]
    private static partial Regex Endpoint();

    [GeneratedRegex("'(?<uri>[a-z0-9]+://[^']+)'")]
    private static partial Regex Proxy();
}
