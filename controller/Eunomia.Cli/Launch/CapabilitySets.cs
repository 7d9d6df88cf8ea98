using System.Globalization;

namespace Eunomia.Cli.Launch;

/// <summary>Reads the capability sets of <c>/proc/PID/status</c>.</summary>
internal static class CapabilitySets
{
    private static readonly string[] HeldSets = ["CapInh:", "CapPrm:", "CapEff:", "CapAmb:"];

    /// <summary>
    /// Everything that stands in the inheritable, permitted, effective and ambient set. The bounding set gives nothing
    /// by itself.
    /// </summary>
    public static ulong Union(string status)
    {
        ulong union = 0;
        foreach (ReadOnlySpan<char> line in status.AsSpan().EnumerateLines())
        {
            foreach (string name in HeldSets)
            {
                if (line.StartsWith(name, StringComparison.Ordinal))
                {
                    union |= ulong.Parse(line[name.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                }
            }
        }
        return union;
    }
}
