using Aspire.Hosting.Dcp;

namespace Aspire.Hosting.Tests;

public sealed class DcpProcessTests
{
    [Theory]
    [InlineData("12 2026-11-21T14:56:53.123Z info: started", "info: started")]
    [InlineData("1 2026-11-21T14:56:53Z", "")]
    [InlineData("12 angry men", "12 angry men")]
    [InlineData("1 2026-11-21T14:56:53.1Z \u001b[40m\u001b[32minfo\u001b[39m\u001b[22m\u001b[49m: started", "info: started")]
    public void Lines_lose_what_DCP_and_the_console_put_around_them(string line, string expected) => Assert.Equal(expected, DcpProcess.AsPlainText(line));

    [Fact]
    public void Of_ordinary_output_the_last_lines_count() => Assert.Equal("3\n4", ReadLastLines("1", "2", "3", "4"));

    [Fact]
    public void An_exception_is_shown_from_its_first_line_on() =>
        Assert.Equal("Unhandled exception. It is wrong.\n   at A", ReadLastLines("1", "1 2026-11-21T14:56:53Z Unhandled exception. It is wrong.", "   at A", "   at B", "   at C"));

    [Fact]
    public void An_exception_that_is_caught_is_shown_with_what_it_says()
    {
        Assert.Equal("InvalidOperationException: No.\n   at A", ReadLastLines("1", "Error: No.", "InvalidOperationException: No.", "   at A", "   at B", "   at C"));
        Assert.Equal("InvalidOperationException: No.\n ---> IOException: Why not.", ReadLastLines("1", "InvalidOperationException: No.", " ---> IOException: Why not.", "   at A", "   --- End of inner exception stack trace ---", "   at B"));
        Assert.Equal("at A\n   at B", ReadLastLines("   at A", "   at B"));
    }

    [Fact]
    public void Of_what_is_endless_only_the_end_is_read()
    {
        var file = Path.GetTempFileName();
        try
        {
            using (var stream = File.OpenWrite(file))
            {
                // One line, which takes no room on the disk.
                stream.SetLength(256 * 1024 * 1024);
            }

            Assert.InRange(DcpProcess.ReadLastLines(file, 2).Length, 1, 100_000);

            File.AppendAllLines(file, ["", "the end"]);
            Assert.EndsWith("the end", DcpProcess.ReadLastLines(file, 2), StringComparison.Ordinal);
            Assert.Equal("the end", DcpProcess.ReadLastLines(file, 1));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_file_that_is_not_there_says_nothing() => Assert.Equal("", DcpProcess.ReadLastLines("/nowhere/at/all", 2));

    private static string ReadLastLines(params string[] lines)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, lines);
            return DcpProcess.ReadLastLines(file, 2);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
