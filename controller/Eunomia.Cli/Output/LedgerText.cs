using System.Globalization;
using Eunomia.Core;
using Eunomia.Core.Events;

namespace Eunomia.Cli.Output;

/// <summary>
/// The account at the end of a run: one line per kind that was wanted or came, and further lines only for what did not go well. Scripts read
/// these lines.
/// </summary>
internal static class LedgerText
{
    public static void Write(LedgerReport report, EventKindSet wanted, TextWriter output)
    {
        foreach (LedgerRow row in report.Rows.Where(row => row.Offered > 0 || wanted.Contains(row.Kind)))
        {
            output.WriteLine(Line($"ledger {row.Name} offered={row.Offered} delivered={row.Delivered} lost={row.Lost}"));
        }
        foreach (LedgerRow row in report.Rows.Where(row => row.Lost > 0))
        {
            output.WriteLine($"lost {row.Name}{Places(row.LostByPlace)}");
        }
        foreach (LedgerRow row in report.Rows.Where(row => !row.Balanced))
        {
            output.WriteLine($"unbalanced {row.Name}");
        }
        foreach (LedgerGap gap in report.Gaps)
        {
            output.WriteLine($"gap from={Time(gap.FromUnixNs)} to={Time(gap.ToUnixNs)} count=unknown");
        }
        WriteIfAny(output, "late", report.Late);
        WriteIfAny(output, "malformed", report.Malformed);
        if (!report.SequenceProven)
        {
            output.WriteLine(Line($"sequence missing={report.SequenceMissing}"));
        }
    }

    /// <summary>The places where something was lost, as <c> ring=3 map=1</c>.</summary>
    public static string Places(LossByPlace lost) => string.Concat(
        Place("ring", lost.Ring),
        Place("program", lost.Program),
        Place("map", lost.Map),
        Place("collector", lost.Collector)) + string.Concat(
        Place("controller", lost.Controller),
        Place("undelivered", lost.Undelivered));

    private static string Place(string name, ulong count) => count == 0 ? "" : Line($" {name}={count}");

    private static void WriteIfAny(TextWriter output, string name, ulong count)
    {
        if (count > 0)
        {
            output.WriteLine(Line($"{name} count={count}"));
        }
    }

    private static string Time(long? unixNs)
    {
        if (unixNs is not { } ns)
        {
            return "unknown";
        }
        DateTime time = DateTime.UnixEpoch.AddTicks(ns / TimeSpan.NanosecondsPerTick);
        return Line($"{time:yyyy-MM-ddTHH:mm:ss.fffffff}{ns % TimeSpan.NanosecondsPerTick:00}Z");
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
