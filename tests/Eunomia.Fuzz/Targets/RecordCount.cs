using Eunomia.Core;
using Eunomia.Core.Events;

namespace Eunomia.Fuzz.Targets;

/// <summary>Each live record is in the account, and each batch that is not all records too.</summary>
internal static class RecordCount
{
    public static (ulong Live, bool Malformed) Of(ReadOnlySpan<byte> records)
    {
        ulong live = 0;
        int length = 0;
        var reader = new RecordReader(records);
        while (reader.TryRead(out Record record))
        {
            FindingException.Unless(record.Bytes.Length == record.Header.Size, "a record is not as long as it says");
            live += record.IsSnapshot ? 0u : 1u;
            length += record.Bytes.Length;
        }
        FindingException.Unless(reader.Malformed == (length < records.Length), "what is not read is not malformed");
        return (live, reader.Malformed);
    }

    public static void Check(LedgerReport report, ulong live, ulong malformed)
    {
        ulong counted = 0;
        foreach (LedgerRow row in report.Rows)
        {
            counted += row.Delivered + row.LostByPlace.Controller;
        }
        FindingException.Unless(counted == live, $"{counted} records in the account, {live} in the input");
        FindingException.Unless(report.Malformed == malformed, $"{report.Malformed} malformed batches in the account, {malformed} in the input");
    }
}
