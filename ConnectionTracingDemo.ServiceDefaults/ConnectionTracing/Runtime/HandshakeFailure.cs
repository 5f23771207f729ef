namespace ConnectionTracing.Runtime;

/// <summary>Why TLS could not be agreed on. What is not here could be one thing or another; the exception has the words.</summary>
internal enum HandshakeFailure
{
    /// <summary>The client does not trust the certificate of the server.</summary>
    UntrustedCertificate,

    /// <summary>The server requires a client certificate, and got none.</summary>
    ClientCertificateMissing,

    /// <summary>The server does not accept the client certificate.</summary>
    ClientCertificateRefused,

    /// <summary>Client and server have no TLS version in common.</summary>
    NoCommonVersion,

    /// <summary>What the server sent is not TLS.</summary>
    NotTls,

    /// <summary>The server closed the connection before the end of the handshake.</summary>
    Closed,
}
