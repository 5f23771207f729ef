using System.Net;
using ConnectionTracingDemo.Tests.Hosting;

namespace ConnectionTracingDemo.Tests.EndToEnd;

[Collection(SharedDemo.Name)]
public sealed class ApiRecoveryTests(DemoApplication demo)
{
    [Fact]
    public async Task The_weather_comes_back_with_the_api()
    {
        var address = demo.Visitor.NewWeatherAddress();

        await demo.StopAsync(DemoApplication.Api);
        Page without;
        try
        {
            without = await demo.Visitor.GetAsync(address);
        }
        finally
        {
            await demo.StartAsync(DemoApplication.Api);
        }

        var with = await demo.Visitor.GetAsync(address);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, without.Status);
        Assert.Equal(HttpStatusCode.OK, with.Status);
        Assert.Contains("<table>", with.Html, StringComparison.Ordinal);
    }
}
