using ConnectionTracing.Journal;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

public sealed class RingTests
{
    [Fact]
    public void Pieces_follow_each_other()
    {
        var ring = new Ring<string>(8);
        for (var i = 0; i < 5; i++)
        {
            ring.Add($"{i}");
        }

        var position = ring.Oldest;
        Assert.Equal(["0", "1"], ring.Read(ref position, 2, out _));
        Assert.Equal(["2", "3"], ring.Read(ref position, 2, out _));
        Assert.Equal(["4"], ring.Read(ref position, 2, out _));
        Assert.Empty(ring.Read(ref position, 2, out var missed));
        Assert.Equal(0, missed);
    }

    [Fact]
    public async Task Reader_beside_a_writer_gets_each_item_at_its_position_or_counts_it_as_missed()
    {
        const int Items = 300_000;
        var ring = new Ring<string>(64);
        var writer = Task.Run(() =>
        {
            for (var i = 0; i < Items; i++)
            {
                ring.Add($"{i}");
            }
        });

        var (position, read, forgotten) = (0L, 0L, 0L);
        while (position < Items)
        {
            var items = ring.Read(ref position, 32, out var missed);
            read += items.Count;
            forgotten += missed;
            for (var i = 0; i < items.Count; i++)
            {
                Assert.Equal($"{position - items.Count + i}", items[i]);
            }
        }

        await writer;
        Assert.Equal(Items, read + forgotten);
    }
}
