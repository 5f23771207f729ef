using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;

namespace ConnectionTracingDemo.ApiService.Faults;

/// <summary>
/// The server's side of a TLS 1.3 handshake that requires a client certificate and trusts none. By OpenSSL itself, which .NET on
/// Linux needs anyway: there, SslStream sends no alert when it refuses a certificate.
/// </summary>
internal sealed class OpenSslHandshake : IDisposable
{
    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    private const int SetMinProtocolVersion = 123;
    private const int Tls13 = 0x0304;
    private const int VerifyPeer = 1;
    private const int FailIfNoPeerCertificate = 2;
    private const int EllipticCurveKey = 408;
    private const int WantRead = 2;

    private readonly nint _context;
    private readonly nint _ssl;

    // They belong to _ssl.
    private readonly nint _input;
    private readonly nint _output;

    public OpenSslHandshake(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey() ?? throw new ArgumentException("The certificate has no elliptic-curve key.", nameof(certificate));
        var privateKey = key.ExportECPrivateKey();

        _context = SSL_CTX_new(TLS_server_method());
        _ = SSL_CTX_ctrl(_context, SetMinProtocolVersion, Tls13, 0);
        _ = SSL_CTX_use_certificate_ASN1(_context, certificate.RawData.Length, certificate.RawData);
        _ = SSL_CTX_use_PrivateKey_ASN1(EllipticCurveKey, _context, privateKey, privateKey.Length);
        SSL_CTX_set_verify(_context, VerifyPeer | FailIfNoPeerCertificate, 0);

        _ssl = SSL_new(_context);
        _input = BIO_new(BIO_s_mem());
        _output = BIO_new(BIO_s_mem());
        SSL_set_bio(_ssl, _input, _output);
    }

    /// <summary>Whether this machine has OpenSSL 3.</summary>
    public static bool IsSupported => NativeLibrary.TryLoad(Ssl, out _) && NativeLibrary.TryLoad(Crypto, out _);

    /// <summary>Goes on with what the client sent.</summary>
    /// <param name="answer">What to send to the client. When the handshake is over, it is an alert.</param>
    /// <returns>False when the handshake is over.</returns>
    public bool Continue(byte[] received, int count, out byte[] answer)
    {
        _ = BIO_write(_input, received, count);

        // The queue of errors belongs to the thread, and others use that too.
        ERR_clear_error();
        var goesOn = SSL_get_error(_ssl, SSL_accept(_ssl)) == WantRead;
        ERR_clear_error();

        var buffer = new byte[16 * 1024];
        answer = buffer[..Math.Max(0, BIO_read(_output, buffer, buffer.Length))];
        return goesOn;
    }

    public void Dispose()
    {
        SSL_free(_ssl);
        SSL_CTX_free(_context);
    }

    [DllImport(Ssl)]
    private static extern nint TLS_server_method();

    [DllImport(Ssl)]
    private static extern nint SSL_CTX_new(nint method);

    [DllImport(Ssl)]
    private static extern nint SSL_CTX_ctrl(nint context, int command, nint value, nint pointer);

    [DllImport(Ssl)]
    private static extern int SSL_CTX_use_certificate_ASN1(nint context, int length, byte[] certificate);

    [DllImport(Ssl)]
    private static extern int SSL_CTX_use_PrivateKey_ASN1(int type, nint context, byte[] key, nint length);

    [DllImport(Ssl)]
    private static extern void SSL_CTX_set_verify(nint context, int mode, nint callback);

    [DllImport(Ssl)]
    private static extern void SSL_CTX_free(nint context);

    [DllImport(Ssl)]
    private static extern nint SSL_new(nint context);

    [DllImport(Ssl)]
    private static extern void SSL_set_bio(nint ssl, nint input, nint output);

    [DllImport(Ssl)]
    private static extern int SSL_accept(nint ssl);

    [DllImport(Ssl)]
    private static extern int SSL_get_error(nint ssl, int result);

    [DllImport(Ssl)]
    private static extern void SSL_free(nint ssl);

    [DllImport(Crypto)]
    private static extern nint BIO_s_mem();

    [DllImport(Crypto)]
    private static extern nint BIO_new(nint method);

    [DllImport(Crypto)]
    private static extern int BIO_write(nint bio, byte[] data, int length);

    [DllImport(Crypto)]
    private static extern int BIO_read(nint bio, byte[] data, int length);

    [DllImport(Crypto)]
    private static extern void ERR_clear_error();
}
