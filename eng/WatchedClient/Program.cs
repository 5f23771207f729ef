// A process for the tests of the viewer: dotnet WatchedClient.dll <address of a TestServer> <thumbprint of its certificate>. Whenever the server
// opens its gate, it sends two requests over a connection of their own. It ends when it is killed.
var server = new Uri(args[0]);
Console.WriteLine(Environment.Version);
using var gate = CreateClient();
while (true)
{
    await gate.GetStringAsync(new Uri(server, "/gate"));

    using var client = CreateClient();
    await client.GetStringAsync(new Uri(server, "/first?key=secret"));
    await client.GetStringAsync(new Uri(server, "/second"));
}

HttpClient CreateClient() => new(new SocketsHttpHandler
{
    SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == args[1] },
});
