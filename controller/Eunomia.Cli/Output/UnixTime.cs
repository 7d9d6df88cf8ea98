using System.Globalization;

namespace Eunomia.Cli.Output;

/// <summary>Unix nanoseconds as text.</summary>
internal static class UnixTime
{
    /// <summary>RFC 3339 with nanoseconds, in UTC, as JSON has it.</summary>
    public static string Text(long unixNs) => string.Create(
        CultureInfo.InvariantCulture,
        $"{DateTime.UnixEpoch.AddTicks(unixNs / 100):yyyy-MM-ddTHH:mm:ss.fffffff}{unixNs % 100:00}Z");
}
