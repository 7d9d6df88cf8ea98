using Eunomia.Core;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Protocol;

/// <summary>Reads one <c>KindLedger</c> from the wire, and translates the generated one.</summary>
internal static class KindLedgerReader
{
    public static bool TryRead(ReadOnlySpan<byte> message, out KindCounters counters)
    {
        Span<ulong> fields = stackalloc ulong[KindLedger.LostCollectorFieldNumber + 1];
        fields.Clear();
        var reader = new WireReader(message);
        while (reader.NextField(out int number, out int wireType))
        {
            if (wireType == WireReader.Varint && number < fields.Length)
            {
                fields[number] = reader.ReadVarint();
            }
            else
            {
                reader.Skip(wireType);
            }
        }
        counters = new KindCounters(
            Mapping.ToKind((uint)fields[KindLedger.KindFieldNumber]), // as protobuf does with a number that is too long
            fields[KindLedger.OfferedFieldNumber],
            fields[KindLedger.LostRingFieldNumber],
            fields[KindLedger.LostProgramFieldNumber],
            fields[KindLedger.LostMapFieldNumber],
            fields[KindLedger.LostCollectorFieldNumber]);
        return !reader.Failed;
    }
}
