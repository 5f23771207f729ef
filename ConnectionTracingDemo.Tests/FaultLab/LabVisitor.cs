using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using ConnectionTracing;

namespace ConnectionTracingDemo.Tests.FaultLab;

/// <summary>Runs scenarios like a script, and uses the page like a browser without script.</summary>
internal sealed class LabVisitor : IDisposable
{
    private readonly HttpClient _client;

    public LabVisitor(Uri webUrl) => _client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null })
    {
        BaseAddress = webUrl,
        Timeout = TimeSpan.FromSeconds(60),
    };

    public async Task<LabRun> RunAsync(string scenario)
    {
        using var response = await _client.PostAsync($"/fault-lab/runs/{scenario}", content: null);

        Assert.True(response.IsSuccessStatusCode, $"Status {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return (await response.Content.ReadFromJsonAsync<LabRun>())!;
    }

    /// <summary>Asks for a run that cannot take place.</summary>
    public async Task<(HttpStatusCode Status, string? Detail)> FailToRunAsync(string scenario, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/fault-lab/runs/{scenario}");
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await _client.SendAsync(request);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (response.StatusCode, problem.GetProperty("detail").GetString());
    }

    public async Task<(HttpStatusCode Status, string Html)> GetPageAsync()
    {
        using var response = await _client.GetAsync("/fault-lab");
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>All that the diagnosis of webfrontend found lately.</summary>
    public async Task<IReadOnlyList<Finding>> GetFindingsAsync() =>
        (await _client.GetFromJsonAsync<ConnectionTracingReport>("/connection-tracing"))!.Findings;

    /// <summary>All requests that webfrontend remembers.</summary>
    public Task<string> GetHarAsync() => _client.GetStringAsync("/connection-tracing/requests.har");

    /// <summary>Presses a button of the page.</summary>
    /// <param name="html">The page with the form.</param>
    /// <param name="form">The form's name.</param>
    public async Task<(HttpStatusCode Status, string Html)> SubmitAsync(string html, string form)
    {
        var token = Regex.Match(html, """name="__RequestVerificationToken" value="(?<token>[^"]+)""").Groups["token"].Value;
        using var content = new FormUrlEncodedContent([new("_handler", form), new("__RequestVerificationToken", token)]);
        using var response = await _client.PostAsync("/fault-lab", content);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public void Dispose() => _client.Dispose();
}
