using Spectre.Console.Rendering;

namespace ConnectionTracingDemo.Viewer.Output;

/// <summary>Draws over what was drawn before, without a moment when the screen is empty.</summary>
internal sealed class ScreenFrame(IRenderable content, int height, bool clear) : Renderable
{
    private const string Clear = "\u001b[2J";
    private const string Home = "\u001b[H";
    private const string EraseRestOfLine = "\u001b[K";
    private const string EraseBelow = "\u001b[J";

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        // After another size of the window, the terminal has broken the old lines as it liked.
        yield return Segment.Control(clear ? Clear + Home : Home);
        foreach (var line in Segment.SplitLines(content.Render(options, maxWidth), maxWidth).Take(height))
        {
            foreach (var segment in line)
            {
                yield return segment;
            }

            yield return Segment.Control(EraseRestOfLine);
            yield return Segment.LineBreak;
        }

        yield return Segment.Control(EraseBelow);
    }
}
