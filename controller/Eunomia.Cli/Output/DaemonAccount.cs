using System.Globalization;
using Eunomia.Core.Events;
using Eunomia.Protocol.V1;

namespace Eunomia.Cli.Output;

/// <summary>The account of a run whose events the daemon sent: what each stream said last, and what came.</summary>
internal sealed class DaemonAccount
{
    private readonly Dictionary<object, IReadOnlyList<KindAccount>> _last = [];
    private readonly Dictionary<string, ulong> _delivered = [];
    private readonly List<Gap> _gaps = [];

    /// <summary>Whether nothing was missed.</summary>
    public bool IsPerfect => _gaps.Count == 0 && Rows().All(row => row.Lost == 0 && row.Balanced);

    /// <summary>Takes a message of a stream.</summary>
    /// <returns>Whether it told of a gap.</returns>
    public bool Take(object stream, EventBatch batch)
    {
        _last[stream] = batch.Account;
        foreach (Event e in batch.Events)
        {
            _delivered[e.Kind] = _delivered.GetValueOrDefault(e.Kind) + 1;
        }
        _gaps.AddRange(batch.Gaps);
        return batch.Gaps.Count > 0;
    }

    /// <summary>A line per kind that was wanted, in the form that scripts read, and more where not all went well.</summary>
    public void Write(EventKindSet wanted, TextWriter output)
    {
        Row[] rows = [.. Rows()];
        foreach (string name in EventKinds.All.Where(wanted.Contains).Select(EventKinds.Name))
        {
            Row row = rows.FirstOrDefault(candidate => candidate.Name == name) ?? new Row(name, 0, 0, 0, 0);
            Line(output, $"ledger {row.Name} offered={row.Offered} delivered={row.Delivered} lost={row.Lost}");
        }
        foreach (Row row in rows.Where(row => row.Lost > 0))
        {
            Line(output, $"lost {row.Name} before-filters={row.Before} here={row.Here}");
        }
        foreach (Row row in rows.Where(row => !row.Balanced))
        {
            Line(output, $"unbalanced {row.Name}");
        }
        foreach (Gap gap in _gaps)
        {
            Line(output, $"gap from={Time(gap.FromUnixNs)} to={Time(gap.ToUnixNs)} count=unknown");
        }
    }

    private IEnumerable<Row> Rows() => _last.Values.SelectMany(account => account).GroupBy(account => account.Kind).Select(group => new Row(
        group.Key,
        group.Aggregate(0UL, (sum, account) => sum + account.Offered),
        _delivered.GetValueOrDefault(group.Key),
        group.Aggregate(0UL, (sum, account) => sum + account.LostBefore),
        group.Aggregate(0UL, (sum, account) => sum + account.LostHere)));

    private static string Time(long unixNs) => unixNs == 0 ? "unknown" : UnixTime.Text(unixNs);

    private static void Line(TextWriter output, FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private sealed record Row(string Name, ulong Offered, ulong Delivered, ulong Before, ulong Here)
    {
        public ulong Lost => Before + Here;

        public bool Balanced => Offered == Delivered + Lost;
    }
}
