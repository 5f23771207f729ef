using System.Net;
using System.Net.NetworkInformation;
using ConnectionTracing.Diagnosis;
using ConnectionTracing.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConnectionTracingDemo.Tests.ConnectionTracing.Diagnosis;

/// <summary>Nobody waits for the operating system, and it is not asked all the time.</summary>
public sealed class TcpStatesTests
{
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.1");

    [Fact]
    public async Task Who_asks_does_not_wait_and_there_is_one_question_at_a_time()
    {
        using var list = new ManualResetEventSlim();
        var answer = new TaskCompletionSource<bool?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var states = new TcpStates(new FailureLog(NullLogger.Instance), () =>
        {
            list.Wait();
            return [Connection(TcpState.Established)];
        });

        // This returns, although the system has not answered.
        Assert.True(states.TryAskWhetherWeClosed(Address, 80, answer.SetResult));
        Assert.False(states.TryAskWhetherWeClosed(Address, 81, _ => Assert.Fail("Asked while another question was open.")));
        Assert.False(answer.Task.IsCompleted);

        list.Set();
        Assert.False(await answer.Task.Soon());
    }

    [Fact]
    public async Task Long_question_is_followed_by_a_long_rest()
    {
        var states = new TcpStates(new FailureLog(NullLogger.Instance), () =>
        {
            Thread.Sleep(1000);
            return [];
        });
        var answer = new TaskCompletionSource<bool?>(TaskCreationOptions.RunContinuationsAsynchronously);

        Assert.True(states.TryAskWhetherWeClosed(Address, 80, answer.SetResult));
        Assert.Null(await answer.Task.Soon());

        // Twenty seconds now.
        Assert.False(states.TryAskWhetherWeClosed(Address, 80, _ => { }));
    }

    [Theory]
    [InlineData(false, TcpState.Established)]
    [InlineData(false, TcpState.CloseWait, TcpState.LastAck)]
    [InlineData(true, TcpState.TimeWait, TcpState.Established)]
    [InlineData(true, TcpState.Established, TcpState.FinWait1)]
    [InlineData(true, TcpState.FinWait2)]
    [InlineData(null)]
    public async Task Side_that_closed_first_is_the_one_that_waits(bool? closed, params TcpState[] states)
    {
        // One to another port says nothing.
        Assert.Equal(closed, await Ask(() => [.. states.Select(state => Connection(state)), Connection(TcpState.TimeWait, port: 81)]));
    }

    [Fact]
    public async Task System_that_does_not_tell()
    {
        Assert.Null(await Ask(() => throw new PlatformNotSupportedException()));
    }

    private static async Task<bool?> Ask(Func<TcpConnectionInformation[]> list)
    {
        var answer = new TaskCompletionSource<bool?>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.True(new TcpStates(new FailureLog(NullLogger.Instance), list).TryAskWhetherWeClosed(Address, 80, answer.SetResult));
        return await answer.Task.Soon();
    }

    private static Listed Connection(TcpState state, int port = 80) => new(state, new IPEndPoint(Address.MapToIPv6(), port));

    private sealed class Listed(TcpState state, IPEndPoint remote) : TcpConnectionInformation
    {
        public override IPEndPoint LocalEndPoint { get; } = new(IPAddress.Loopback, 50_000);

        public override IPEndPoint RemoteEndPoint => remote;

        public override TcpState State => state;
    }
}
