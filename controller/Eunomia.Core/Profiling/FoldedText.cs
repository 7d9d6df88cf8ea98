using System.Buffers;
using System.Globalization;
using System.Text;

namespace Eunomia.Core.Profiling;

/// <summary>A profile as flame graph tools read it: a line for each stack, outermost frame first, with its samples.</summary>
public static class FoldedText
{
    /// <summary>Writes all lines.</summary>
    public static void Write(FlameNode root, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(root);
        var line = new StringBuilder();
        foreach (FlameNode child in root.Children)
        {
            Write(child, line, output);
        }
    }

    // As deep as a stack can be: two times RecordAbi.PerfFrames.
    private static void Write(FlameNode node, StringBuilder line, IBufferWriter<byte> output)
    {
        int length = line.Length;
        line.Append(length == 0 ? "" : ";").Append(Plain(node.Name)).Append(node.IsKernel ? "_[k]" : "");
        if (node.Self > 0)
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"{line} {node.Self}\n");
            output.Write(Encoding.UTF8.GetBytes(text));
        }

        foreach (FlameNode child in node.Children)
        {
            Write(child, line, output);
        }

        line.Length = length;
    }

    private static string Plain(string name) => string.Create(name.Length, name, (plain, from) =>
    {
        for (int i = 0; i < plain.Length; i++)
        {
            plain[i] = from[i] == ';' ? ':' : FrameName.IsHidden(from[i]) ? '_' : from[i];
        }
    });
}
