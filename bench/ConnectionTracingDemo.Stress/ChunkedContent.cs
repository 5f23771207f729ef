using System.Net;

namespace ConnectionTracingDemo.Stress;

/// <summary>A body of unknown length, in pieces.</summary>
/// <param name="run">The operation.</param>
/// <param name="size">Its length.</param>
/// <param name="pause">Whether time goes by between the pieces.</param>
/// <param name="goOn">The second half waits for this.</param>
/// <param name="inner">Happens amid the body.</param>
internal sealed class ChunkedContent(OperationRun run, int size, bool pause = false, Task? goOn = null, Func<Task>? inner = null) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        var body = Payload.Of(run.Seed, size);
        var half = size / 2;
        await WriteAsync(stream, body[..half]);
        await (goOn ?? Task.CompletedTask);
        await (inner?.Invoke() ?? Task.CompletedTask);
        await WriteAsync(stream, body[half..]);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> body)
    {
        const int Pieces = 3;
        for (var i = 0; i < Pieces; i++)
        {
            await stream.WriteAsync(body[(body.Length * i / Pieces)..(body.Length * (i + 1) / Pieces)]);
            await stream.FlushAsync();
            if (pause)
            {
                await Task.Delay(run.Random.Next(0, 5));
            }
        }
    }
}
