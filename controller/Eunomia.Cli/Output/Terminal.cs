using Eunomia.Cli.Native;

namespace Eunomia.Cli.Output;

/// <summary>What stdout leads to: how wide and high it is (0 = as needed) and whether it wants colour.</summary>
internal sealed record Terminal(int Width, bool Colour, int Height = 0)
{
    private const int Stdout = 1;

    /// <summary>A file or a pipe.</summary>
    public static Terminal None { get; } = new(0, Colour: false);

    /// <param name="noColour">The variable NO_COLOR: anything in it turns colour off.</param>
    public static Terminal OfStdout(string? noColour) => Libc.IsTerminal(Stdout) == 0
        ? None
        : new Terminal(WidthOfStdout(), Colour: string.IsNullOrEmpty(noColour), HeightOfStdout());

    public static int WidthOfStdout() =>
        Libc.GetWindowSize(Stdout, Libc.TerminalWindowSize, out Libc.WindowSize size) == 0 ? size.Columns : 0;

    private static int HeightOfStdout() =>
        Libc.GetWindowSize(Stdout, Libc.TerminalWindowSize, out Libc.WindowSize size) == 0 ? size.Rows : 0;
}
