using System.Buffers;
using System.Text;
using System.Xml;
using Eunomia.Core.Profiling;

namespace Eunomia.Cli.Output;

/// <summary>
/// A profile as a picture that explains itself in a browser: each frame as wide as its samples, on top of who called it.
/// Everything is in the one file.
/// </summary>
internal static class FlameGraph
{
    private const string Svg = "http://www.w3.org/2000/svg";
    private const int RowHeight = 17;
    private const int Above = 62;
    private const int Below = 30;
    private const double SmallestShare = 0.1 / 3840; // a tenth of a pixel of the widest screen in use

    /// <summary>Writes the picture.</summary>
    /// <param name="root">The profile.</param>
    /// <param name="title">What stands above it.</param>
    /// <param name="output">Where it goes.</param>
    public static void Write(FlameNode root, string title, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(root);
        using var stream = new MemoryStream();
        var settings = new XmlWriterSettings { Encoding = new UTF8Encoding(false), NewLineChars = "\n", CheckCharacters = false };
        using (var xml = XmlWriter.Create(stream, settings))
        {
            int height = Above + (RowHeight * Depth(root, root.Total)) + Below;
            WriteHead(xml, title, height);
            xml.WriteStartElement("g");
            xml.WriteAttributeString("id", "frames");
            WriteFrame(xml, root, 0, root.Total, 0, height);
            xml.WriteEndElement();
            xml.WriteElementString("script", FlameScript.Text);
            xml.WriteEndElement();
        }

        output.Write(stream.GetBuffer().AsSpan(0, (int)stream.Length));
        output.Write("\n"u8);
    }

    private static void WriteHead(XmlWriter xml, string title, int height)
    {
        xml.WriteStartElement("svg", Svg);
        xml.WriteAttributeString("width", "100%");
        xml.WriteAttributeString("height", XmlConvert.ToString(height));
        xml.WriteElementString("title", Plain(title));
        xml.WriteElementString("style", FlameScript.Style);
        WriteText(xml, "title", "50%", "24", title);
        WriteText(xml, "reset", "10", "24", "reset zoom");
        WriteText(xml, "search", "10", "46", "search (Ctrl-F)");
        WriteText(xml, "matched", "100%", "46", "");
        WriteText(xml, "details", "10", XmlConvert.ToString(height - 10), "");
    }

    private static void WriteText(XmlWriter xml, string id, string x, string y, string text)
    {
        xml.WriteStartElement("text");
        xml.WriteAttributeString("id", id);
        xml.WriteAttributeString("x", x);
        xml.WriteAttributeString("y", y);
        xml.WriteString(Plain(text));
        xml.WriteEndElement();
    }

    private static void WriteFrame(XmlWriter xml, FlameNode node, ulong start, ulong all, int depth, int height)
    {
        if (node.Total < all * SmallestShare)
        {
            return;
        }

        string name = Plain(node.Name) + (node.IsKernel ? "_[k]" : "");
        double share = all == 0 ? 0 : 100.0 * node.Total / all;
        string module = node.Module.Length == 0 ? "" : $" in {Plain(node.Module)}";
        string percent = share.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);
        int y = height - Below - (RowHeight * (depth + 1));
        xml.WriteStartElement("svg");
        xml.WriteAttributeString("class", "f");
        xml.WriteAttributeString("x", Percent(start, all));
        xml.WriteAttributeString("y", XmlConvert.ToString(y));
        xml.WriteAttributeString("width", Percent(node.Total, all));
        xml.WriteAttributeString("height", XmlConvert.ToString(RowHeight - 1));
        xml.WriteAttributeString("data-s", XmlConvert.ToString(start));
        xml.WriteAttributeString("data-n", XmlConvert.ToString(node.Total));
        xml.WriteAttributeString("data-d", XmlConvert.ToString(depth));
        xml.WriteAttributeString("data-name", name);
        xml.WriteElementString("title", $"{name}{module}: {node.Total} samples, {percent} %");
        xml.WriteStartElement("rect");
        xml.WriteAttributeString("width", "100%");
        xml.WriteAttributeString("height", "100%");
        xml.WriteAttributeString("fill", Colour(node, depth));
        xml.WriteEndElement();
        xml.WriteStartElement("text");
        xml.WriteAttributeString("x", "3");
        xml.WriteAttributeString("y", "12");
        xml.WriteString(name);
        xml.WriteEndElement();
        xml.WriteEndElement();
        foreach (FlameNode child in node.Children)
        {
            WriteFrame(xml, child, start, all, depth + 1, height);
            start += child.Total;
        }
    }

    private static int Depth(FlameNode node, ulong all) => node.Total < all * SmallestShare
        ? 0
        : 1 + node.Children.Select(child => Depth(child, all)).DefaultIfEmpty(0).Max();

    private static string Percent(ulong part, ulong all) =>
        (all == 0 ? 0 : 100.0 * part / all).ToString("0.#####", System.Globalization.CultureInfo.InvariantCulture) + "%";

    // The same name has the same colour in every picture: the kernel's blue, processes and containers grey, the rest warm.
    private static string Colour(FlameNode node, int depth)
    {
        uint hash = 2_166_136_261;
        foreach (char c in node.Name)
        {
            hash = (hash ^ c) * 16_777_619;
        }

        uint hue = node.IsKernel ? 195 + (hash % 30) : 15 + (hash % 40);
        uint saturation = depth < 3 ? 12u : 75;
        return $"hsl({hue},{saturation}%,{66 + (hash / 64 % 12)}%)";
    }

    // What XML cannot hold at all, also by reference.
    private static string Plain(string text) => string.Create(text.Length, text, (plain, from) =>
    {
        for (int i = 0; i < plain.Length; i++)
        {
            plain[i] = XmlConvert.IsXmlChar(from[i]) && !FrameName.IsHidden(from[i]) ? from[i] : '\ufffd';
        }
    });
}
