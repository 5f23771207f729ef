using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace ConnectionTracing.Runtime;

/// <summary>
/// Reads from the message of a failed handshake what was wrong with the server's certificate. Only names that .NET defines are
/// taken from it, so that nothing else of the message, whatever its language, is repeated.
/// </summary>
internal static partial class CertificateErrors
{
    private static readonly HashSet<string> Known =
    [
        .. Enum.GetNames<SslPolicyErrors>().Except([nameof(SslPolicyErrors.None)]),
        .. Enum.GetNames<X509ChainStatusFlags>().Except([nameof(X509ChainStatusFlags.NoError)]),
        // The application's own judgement.
        nameof(RemoteCertificateValidationCallback),
    ];

    /// <summary>The names, separated by commas; null: it failed for another reason.</summary>
    public static string? In(string message)
    {
        var names = Word().Matches(message).Select(word => word.Value).Where(Known.Contains).Distinct().ToList();
        return names.Count == 0 ? null : string.Join(", ", names);
    }

    [GeneratedRegex("[A-Za-z0-9]+")]
    private static partial Regex Word();
}
