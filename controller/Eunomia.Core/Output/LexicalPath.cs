namespace Eunomia.Core.Output;

/// <summary>
/// Where a path leads by its text alone: "." and ".." and doubled slashes are worked off, links are not followed, since
/// what they pointed to cannot be asked any more.
/// </summary>
internal static class LexicalPath
{
    private const byte Slash = (byte)'/';

    /// <summary>Writes the path into a buffer, which is emptied first; false when it cannot be known.</summary>
    /// <param name="path">The buffer.</param>
    /// <param name="directory">What a relative path is relative to; has to be absolute itself.</param>
    /// <param name="raw">The path as passed.</param>
    internal static bool TryWrite(Utf8Buffer path, ReadOnlySpan<byte> directory, ReadOnlySpan<byte> raw)
    {
        path.Clear();
        bool isRelative = !raw.StartsWith(Slash);
        if (raw.IsEmpty || (isRelative && !directory.StartsWith(Slash)))
        {
            return false;
        }

        if (isRelative)
        {
            AppendParts(path, directory);
        }

        AppendParts(path, raw);
        if (path.Length == 0)
        {
            path.Append(Slash);
        }

        return true;
    }

    private static void AppendParts(Utf8Buffer path, ReadOnlySpan<byte> text)
    {
        foreach (Range range in text.Split(Slash))
        {
            ReadOnlySpan<byte> part = text[range];
            if (part.SequenceEqual(".."u8))
            {
                path.Truncate(Math.Max(0, path.Written.LastIndexOf(Slash)));
            }
            else if (!part.IsEmpty && !part.SequenceEqual("."u8))
            {
                path.Append(Slash);
                path.Append(part);
            }
        }
    }
}
