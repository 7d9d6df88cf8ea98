namespace Eunomia.Core.Output;

/// <summary>Unix nanoseconds as text. Remembers the last second, since events come many to a second.</summary>
internal sealed class Timestamp
{
    private const long Second = 1_000_000_000;
    private readonly Utf8Buffer _prefix = new();
    private long _second = long.MinValue;

    /// <summary>RFC 3339 with nanoseconds, in UTC: <c>2026-01-02T03:04:05.123456789Z</c>.</summary>
    internal void Append(Utf8Buffer buffer, long unixNs)
    {
        (long second, long nanos) = Split(unixNs);
        if (second != _second)
        {
            _second = second;
            _prefix.Clear();
            WriteSecond(DateTime.UnixEpoch.AddTicks(second * TimeSpan.TicksPerSecond));
        }

        buffer.Append(_prefix.Written);
        buffer.AppendDigits((ulong)nanos, 9);
        buffer.Append((byte)'Z');
    }

    /// <summary>The time of day: <c>03:04:05</c>, with milliseconds if asked.</summary>
    internal static void AppendClock(Utf8Buffer buffer, long unixNs, TimeZoneInfo zone, bool milliseconds)
    {
        (long second, long nanos) = Split(unixNs);
        DateTime utc = DateTime.UnixEpoch.AddTicks(second * TimeSpan.TicksPerSecond);
        AppendTimeOfDay(buffer, utc + zone.GetUtcOffset(utc));
        if (milliseconds)
        {
            buffer.Append((byte)'.');
            buffer.AppendDigits((ulong)(nanos / 1_000_000), 3);
        }
    }

    private static (long Second, long Nanos) Split(long unixNs)
    {
        long second = Math.DivRem(unixNs, Second, out long nanos);
        return nanos < 0 ? (second - 1, nanos + Second) : (second, nanos);
    }

    private void WriteSecond(DateTime time)
    {
        _prefix.AppendDigits((ulong)time.Year, 4);
        _prefix.Append((byte)'-');
        _prefix.AppendDigits((ulong)time.Month, 2);
        _prefix.Append((byte)'-');
        _prefix.AppendDigits((ulong)time.Day, 2);
        _prefix.Append((byte)'T');
        AppendTimeOfDay(_prefix, time);
        _prefix.Append((byte)'.');
    }

    private static void AppendTimeOfDay(Utf8Buffer buffer, DateTime time)
    {
        buffer.AppendDigits((ulong)time.Hour, 2);
        buffer.Append((byte)':');
        buffer.AppendDigits((ulong)time.Minute, 2);
        buffer.Append((byte)':');
        buffer.AppendDigits((ulong)time.Second, 2);
    }
}
