using Spectre.Console;

namespace ConnectionTracingDemo.Viewer.Output;

/// <summary>A column of a <see cref="ScreenTable"/>.</summary>
/// <param name="Width">In cells; the last column has what is left.</param>
/// <param name="From">The width of a terminal that has room for it.</param>
/// <param name="Below">The width of a terminal that has room for something better.</param>
internal sealed record ScreenColumn<T>(string Heading, int Width, Func<T, string> Text, int From = 0, int Below = int.MaxValue)
{
    public Justify Align { get; init; } = Justify.Right;

    public Func<T, Style> Style { get; init; } = _ => Spectre.Console.Style.Plain;
}
