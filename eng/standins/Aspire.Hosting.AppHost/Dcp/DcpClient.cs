using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

using DcpExecutable = Aspire.Hosting.Dcp.DcpObject<Aspire.Hosting.Dcp.DcpExecutableSpec, Aspire.Hosting.Dcp.DcpExecutableStatus>;
using DcpService = Aspire.Hosting.Dcp.DcpObject<Aspire.Hosting.Dcp.DcpServiceSpec, Aspire.Hosting.Dcp.DcpServiceStatus>;

namespace Aspire.Hosting.Dcp;

/// <summary>Speaks to DCP's API, a small Kubernetes-like server on loopback.</summary>
internal sealed class DcpClient : IDisposable
{
    private const string ApiPath = "apis/usvc-dev.developer.microsoft.com/v1/";

    /// <summary>Longer lines are broken.</summary>
    private const int LongestLine = 16 * 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly HttpClient _http;

    /// <param name="server">The address of the API.</param>
    /// <param name="token">The bearer token of this session.</param>
    /// <param name="serverCertificate">The one certificate that the API is known by.</param>
    public DcpClient(Uri server, string token, X509Certificate2 serverCertificate)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(serverCertificate);
        var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } };
        _http = new HttpClient(handler) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public void Dispose() => _http.Dispose();

    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync("readyz", cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public Task CreateServiceAsync(string name, DcpServiceSpec spec, Dictionary<string, string> annotations, CancellationToken cancellationToken) =>
        CreateAsync("services", new DcpService("Service", new DcpMetadata(name, annotations), spec, null), cancellationToken);

    public Task<DcpService> GetServiceAsync(string name, CancellationToken cancellationToken) =>
        GetAsync<DcpService>($"services/{name}", cancellationToken);

    /// <returns>The uid of the new Executable.</returns>
    public async Task<string?> CreateExecutableAsync(string name, DcpExecutableSpec spec, Dictionary<string, string> annotations, CancellationToken cancellationToken)
    {
        var created = await CreateAsync("executables", new DcpExecutable("Executable", new DcpMetadata(name, annotations), spec, null), cancellationToken).ConfigureAwait(false);
        return created.Metadata.Uid;
    }

    public Task StopExecutableAsync(string name, CancellationToken cancellationToken) =>
        PatchAsync($"{ApiPath}executables/{name}", """{"spec":{"stop":true}}""", cancellationToken);

    /// <summary>Deletes an Executable and waits until it is gone: until then DCP does not take another of that name.</summary>
    public async Task DeleteExecutableAsync(string name, CancellationToken cancellationToken)
    {
        await DeleteAsync($"executables/{name}", cancellationToken).ConfigureAwait(false);
        await Poll.UntilAsync(async token => !await ExistsAsync($"executables/{name}", token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes every Executable and every Service, which closes the ports of the latter.</summary>
    public async Task DeleteAllAsync(CancellationToken cancellationToken)
    {
        foreach (var kind in new[] { "executables", "services" })
        {
            var list = await GetAsync<DcpList<DcpObject<object, object>>>(kind, cancellationToken).ConfigureAwait(false);
            foreach (var item in list.Items)
            {
                await DeleteAsync($"{kind}/{item.Metadata.Name}", cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>All Executables and then every change, until DCP ends the stream, which it may do at any time.</summary>
    public async IAsyncEnumerable<DcpWatchEvent<DcpExecutable>> WatchExecutablesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{ApiPath}executables?watch=true");
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        await ThrowIfRefusedAsync(response, cancellationToken).ConfigureAwait(false);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (JsonSerializer.Deserialize<DcpWatchEvent<DcpExecutable>>(line, Json) is { } change)
            {
                yield return change;
            }
        }
    }

    /// <summary>What a process wrote to a stream, each line after the time it was written at. Nothing where DCP does not know the process.</summary>
    /// <param name="name">The name of the Executable.</param>
    /// <param name="source">stdout or stderr.</param>
    /// <param name="follow">Whether to wait for more: DCP ends the stream some seconds after the process.</param>
    /// <param name="skip">How many lines to leave out.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async IAsyncEnumerable<LinePiece> ReadLogAsync(string name, string source, bool follow, int skip, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{ApiPath}executables/{name}/log?source={source}&follow={(follow ? "true" : "false")}&timestamps=true&skip={skip}");
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            yield break;
        }

        await ThrowIfRefusedAsync(response, cancellationToken).ConfigureAwait(false);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        var lines = new LineReader(reader, LongestLine);
        while (await lines.ReadAsync(cancellationToken).ConfigureAwait(false) is { } piece)
        {
            yield return piece;
        }
    }

    /// <summary>Asks DCP to stop what still runs, to clean up and to end.</summary>
    public Task ShutDownAsync(CancellationToken cancellationToken) => PatchAsync("admin/execution", """{"status":"Stopping"}""", cancellationToken);

    public static string AsAnnotation(IEnumerable<DcpServiceProducer> producers) => JsonSerializer.Serialize(producers, Json);

    private async Task<T> CreateAsync<T>(string kind, T value, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsJsonAsync(ApiPath + kind, value, Json, cancellationToken).ConfigureAwait(false);
        await ThrowIfRefusedAsync(response, cancellationToken).ConfigureAwait(false);
        return (await response.Content.ReadFromJsonAsync<T>(Json, cancellationToken).ConfigureAwait(false))!;
    }

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(ApiPath + path, cancellationToken).ConfigureAwait(false);
        await ThrowIfRefusedAsync(response, cancellationToken).ConfigureAwait(false);
        return (await response.Content.ReadFromJsonAsync<T>(Json, cancellationToken).ConfigureAwait(false))!;
    }

    private async Task<bool> ExistsAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(ApiPath + path, cancellationToken).ConfigureAwait(false);
        return response.StatusCode != HttpStatusCode.NotFound;
    }

    private async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await _http.DeleteAsync(ApiPath + path, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.NotFound)
        {
            await ThrowIfRefusedAsync(response, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task PatchAsync(string path, string mergePatch, CancellationToken cancellationToken)
    {
        using var content = new StringContent(mergePatch, Encoding.UTF8, "application/merge-patch+json");
        using var response = await _http.PatchAsync(path, content, cancellationToken).ConfigureAwait(false);
        await ThrowIfRefusedAsync(response, cancellationToken).ConfigureAwait(false);
    }

    private static async Task ThrowIfRefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            var body = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            throw new HttpRequestException($"DCP answered {response.RequestMessage?.Method} {response.RequestMessage?.RequestUri?.AbsolutePath} with {(int)response.StatusCode}: {body}", null, response.StatusCode);
        }
    }
}
