using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using ConnectionTracingDemo.Tests.Standalone;

namespace ConnectionTracingDemo.Tests.FaultLab;

/// <summary>The fault servers of apiservice come and go, and never too many.</summary>
public sealed class FaultServerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_unknown_kind_is_answered_with_the_kinds_that_there_are()
    {
        await using var api = await BuiltProgram.StartAsync(BuiltProgram.Api);
        using var client = new HttpClient { BaseAddress = api.Url };

        using var response = await client.PostAsync("/faults/earthquake", content: null);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        var known = await client.GetFromJsonAsync<JsonElement>("/faults");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(known.EnumerateArray().Select(kind => kind.GetProperty("name").GetString()), problem.GetProperty("kinds").EnumerateArray().Select(kind => kind.GetString()));
        Assert.Contains("refusing", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beyond_MaxServers_there_is_none_until_one_is_stopped()
    {
        await using var api = await BuiltProgram.StartAsync(BuiltProgram.Api, "Faults:MaxServers=2");
        using var client = new HttpClient { BaseAddress = api.Url };
        var first = await StartAsync(client, "http");
        await StartAsync(client, "hanging");

        using var refused = await client.PostAsync("/faults/http", content: null);
        using var stopped = await client.DeleteAsync($"/faults/{first.Id}");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(30), refused.Headers.RetryAfter?.Delta);
        Assert.Contains("Faults:MaxServers", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, stopped.StatusCode);
        await StartAsync(client, "http");
    }

    [Fact]
    public async Task A_stopped_server_is_gone_at_once()
    {
        await using var api = await BuiltProgram.StartAsync(BuiltProgram.Api);
        using var client = new HttpClient { BaseAddress = api.Url };
        var server = await StartAsync(client, "http");
        Assert.True(await AnswersAsync(server.Port), "The server does not answer.");

        // Also while somebody still waits for an answer.
        using var waiting = new TcpClient();
        await waiting.ConnectAsync(IPAddress.Loopback, server.Port);
        await waiting.GetStream().WriteAsync("GET /after/9000ms HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        using var stopped = await client.DeleteAsync($"/faults/{server.Id}").WaitAsync(Patience);
        using var again = await client.DeleteAsync($"/faults/{server.Id}");

        Assert.Equal(HttpStatusCode.NoContent, stopped.StatusCode);
        Assert.False(await AnswersAsync(server.Port), "The server still answers.");
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task A_server_that_nobody_stops_ends_by_itself()
    {
        await using var api = await BuiltProgram.StartAsync(BuiltProgram.Api, "Faults:TimeLimit=00:00:01", "Faults:MaxServers=1");
        using var client = new HttpClient { BaseAddress = api.Url };
        var server = await StartAsync(client, "http");

        await WaitForPlaceAsync(client);

        Assert.False(await AnswersAsync(server.Port), "The server still answers.");
        using var stopped = await client.DeleteAsync($"/faults/{server.Id}");
        Assert.Equal(HttpStatusCode.NotFound, stopped.StatusCode);
    }

    [Fact]
    public async Task They_do_not_keep_apiservice_from_stopping()
    {
        await using var api = await BuiltProgram.StartAsync(BuiltProgram.Api);
        using var client = new HttpClient { BaseAddress = api.Url };
        var kinds = await client.GetFromJsonAsync<JsonElement>("/faults");
        foreach (var kind in kinds.EnumerateArray())
        {
            await StartAsync(client, kind.GetProperty("name").GetString()!);
        }

        Assert.Equal(0, await api.TerminateAsync());
    }

    [Fact]
    public async Task Another_site_cannot_start_one()
    {
        await using var api = await BuiltProgram.StartAsync(BuiltProgram.Api);
        using var client = new HttpClient { BaseAddress = api.Url, DefaultRequestHeaders = { { "Sec-Fetch-Site", "cross-site" } } };

        using var response = await client.PostAsync("/faults/http", content: null);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task There_are_none_outside_Development()
    {
        await using var api = await BuiltProgram.StartAsync(BuiltProgram.Api, "environment=Production");
        using var client = new HttpClient { BaseAddress = api.Url };

        using var response = await client.PostAsync("/faults/http", content: null);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("Faults:MaxServers=0")]
    [InlineData("Faults:MaxServers=101")]
    [InlineData("Faults:TimeLimit=00:00:00")]
    [InlineData("Faults:TimeLimit=01:00:00")]
    public async Task A_wrong_setting_stops_the_start_and_the_message_says_what_is_allowed(string setting)
    {
        var end = await Assert.ThrowsAsync<InvalidOperationException>(() => BuiltProgram.RunAsync(BuiltProgram.Api, setting));

        Assert.Contains("Faults:MaxServers has to be a number from 1 to 100", end.Message, StringComparison.Ordinal);
    }

    private static async Task<RunningServer> StartAsync(HttpClient client, string kind)
    {
        using var response = await client.PostAsync($"/faults/{kind}", content: null);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<RunningServer>())!;
    }

    /// <summary>With <c>Faults:MaxServers=1</c> there is a place when the server before has ended.</summary>
    private static async Task WaitForPlaceAsync(HttpClient client)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            using var response = await client.PostAsync("/faults/http", content: null, timeout.Token);
            if (response.IsSuccessStatusCode)
            {
                return;
            }

            Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        }
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port).WaitAsync(Patience);
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
    }

    private sealed record RunningServer(string Id, int Port);
}
