using Microsoft.Win32.SafeHandles;

namespace Eunomia.Controller.Exports.Spooling;

/// <summary>
/// A queue on disk, of bounded size: append, read the oldest, say that they are done. What was appended outlives the
/// process, however that ends; what was done and not yet noted comes again. For several threads.
/// </summary>
internal sealed class Spool : IDisposable
{
    private const long LargestSegment = 1 << 20;
    private const int SegmentsPerSpool = 8;
    private const int MostBytesPerRead = 1 << 20;
    private const int UsualRecord = 8 << 10;
    private readonly Lock _lock = new();
    private readonly LinkedList<SpoolSegment> _segments = [];
    private readonly string _folder;
    private readonly long _size;
    private readonly FileStream _owner;
    private readonly SpoolPosition _position;
    private SafeFileHandle? _writer;
    private SpoolBatch? _inFlight;
    private long _nextNumber = 1;

    /// <summary>Opens a spool, with what an earlier run left.</summary>
    /// <exception cref="IOException">It cannot be used, or another process uses it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be used.</exception>
    public Spool(string folder, long size)
    {
        (_folder, _size) = (folder, size);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _owner = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            _position = new SpoolPosition(Path.Combine(folder, "position"));
            Recover();
        }
        catch
        {
            _position?.Dispose();
            _owner.Dispose();
            throw;
        }
    }

    /// <summary>Records that are not done, those included that are being delivered.</summary>
    public long Waiting { get; private set; }

    /// <summary>Records that an earlier run left.</summary>
    public long Recovered { get; private set; }

    /// <summary>Records that were lost because the spool was full.</summary>
    public long LostFull { get; private set; }

    /// <summary>Records that could not be read back; of bytes that are no records any more, one for each segment.</summary>
    public long LostCorrupt { get; private set; }

    /// <summary>Bytes on disk.</summary>
    private long Used => _segments.Sum(segment => segment.Length);

    private long SegmentSize => Math.Min(LargestSegment, _size / SegmentsPerSpool);

    /// <summary>Appends as many as possible; the failure says why the rest is not there.</summary>
    public int Append(IReadOnlyList<ReadOnlyMemory<byte>> payloads, out Exception? failure)
    {
        lock (_lock)
        {
            failure = null;
            int appended = 0;
            try
            {
                while (appended < payloads.Count)
                {
                    appended += AppendSome(payloads, appended);
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                failure = error;
                CutWriter();
            }
            return appended;
        }
    }

    /// <summary>The oldest ones that are not done; null when there are none. They stay until they are done.</summary>
    public SpoolBatch? Read(int most)
    {
        lock (_lock)
        {
            RemoveDone();
            if (_segments.First?.Value is not { Left: > 0 } segment)
            {
                return null;
            }
            SpoolBatch batch = ReadFrom(segment, most);
            if (batch.Payloads.Count == 0)
            {
                LostCorrupt += segment.Left;
                Waiting -= segment.Left;
                segment.Left = 0;
                return Read(most);
            }
            return _inFlight = batch;
        }
    }

    /// <summary>The next so many of a batch are done.</summary>
    public void Done(SpoolBatch batch, int count)
    {
        lock (_lock)
        {
            batch.Done += count;
            if (batch.IsDropped)
            {
                return;
            }
            batch.Segment.Begin = batch.Ends[batch.Done - 1];
            batch.Segment.Left -= count;
            Waiting -= count;
            NotePosition(batch.Segment);
            RemoveDone();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            CloseWriter();
            _position.Dispose();
            _owner.Dispose();
        }
    }

    private void Recover()
    {
        long torn = 0;
        bool isLastTorn = false;
        foreach (SpoolSegment segment in SpoolSegment.FindAll(_folder))
        {
            _nextNumber = segment.Number + 1;
            if (segment.Number < _position.Segment)
            {
                File.Delete(segment.Path);
                continue;
            }
            isLastTorn = segment.Scan(segment.Number == _position.Segment ? _position.Offset : 0);
            torn += isLastTorn ? 1 : 0;
            _segments.AddLast(segment);
            Waiting += segment.Left;
        }
        // What stands half-written at the very end was never told to be kept.
        LostCorrupt = torn - (isLastTorn ? 1 : 0);
        Recovered = Waiting + LostCorrupt;
        _nextNumber = Math.Max(_nextNumber, _position.Segment + 1);
        RemoveDone();
    }

    private int AppendSome(IReadOnlyList<ReadOnlyMemory<byte>> payloads, int start)
    {
        long room = _writer is null ? 0 : SegmentSize - _segments.Last!.Value.Length;
        if (_writer is null || SpoolRecord.SizeOf(payloads[start]) > room)
        {
            room = OpenSegment(SpoolRecord.SizeOf(payloads[start]));
        }
        int count = 0;
        int size = 0;
        do
        {
            size += SpoolRecord.SizeOf(payloads[start + count]);
            count++;
        }
        while (start + count < payloads.Count && size + SpoolRecord.SizeOf(payloads[start + count]) <= room);
        DropOldest(size);
        Write(payloads, start, count, size);
        return count;
    }

    private void Write(IReadOnlyList<ReadOnlyMemory<byte>> payloads, int start, int count, int size)
    {
        byte[] bytes = new byte[size];
        int at = 0;
        for (int i = start; i < start + count; i++)
        {
            SpoolRecord.Write(bytes.AsSpan(at), payloads[i].Span);
            at += SpoolRecord.SizeOf(payloads[i]);
        }
        SpoolSegment segment = _segments.Last!.Value;
        RandomAccess.Write(_writer!, bytes, segment.Length);
        segment.Length += size;
        segment.Left += count;
        Waiting += count;
    }

    // After a failed write the next one goes to a new segment: nothing is ever appended behind half a record.
    private long OpenSegment(int leastSize)
    {
        CloseWriter();
        SpoolSegment segment = SpoolSegment.In(_folder, _nextNumber);
        _writer = File.OpenHandle(segment.Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        _nextNumber++;
        _segments.AddLast(segment);
        return Math.Max(SegmentSize, leastSize);
    }

    private void CutWriter()
    {
        try
        {
            if (_writer is not null)
            {
                RandomAccess.SetLength(_writer, _segments.Last!.Value.Length);
            }
        }
        catch (IOException)
        {
            // Half a record stays: the next start passes it over.
        }
        CloseWriter();
    }

    private void CloseWriter()
    {
        _writer?.Dispose();
        _writer = null;
    }

    private void DropOldest(int wanted)
    {
        while (Used + wanted > _size && _segments.First != _segments.Last)
        {
            SpoolSegment oldest = _segments.First!.Value;
            int inFlight = 0;
            if (_inFlight?.Segment == oldest && !_inFlight.IsDropped)
            {
                inFlight = _inFlight.Payloads.Count - _inFlight.Done;
                _inFlight.IsDropped = inFlight > 0;
            }
            LostFull += oldest.Left - inFlight;
            Waiting -= oldest.Left;
            Remove(oldest);
        }
    }

    private void RemoveDone()
    {
        while (_segments.First?.Value is { Left: 0 } segment && (_writer is null || _segments.First != _segments.Last))
        {
            Remove(segment);
        }
    }

    private void Remove(SpoolSegment segment)
    {
        _segments.Remove(segment);
        try
        {
            File.Delete(segment.Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is passed over by its number; the next start deletes it.
        }
    }

    private void NotePosition(SpoolSegment segment)
    {
        try
        {
            _position.Write(segment.Number, segment.Begin);
        }
        catch (IOException)
        {
            // What is done comes once more if this process dies now.
        }
    }

    private static SpoolBatch ReadFrom(SpoolSegment segment, int most)
    {
        var batch = new SpoolBatch(segment);
        try
        {
            using SafeFileHandle file = File.OpenHandle(segment.Path);
            byte[] bytes = ReadBytes(file, segment, Math.Min(MostBytesPerRead, (long)most * UsualRecord));
            if (SpoolRecord.Check(bytes) == 0)
            {
                bytes = ReadBytes(file, segment, long.MaxValue); // a record that is larger
            }
            int at = 0;
            for (int size; batch.Payloads.Count < most && (size = SpoolRecord.Check(bytes.AsSpan(at))) > 0; at += size)
            {
                batch.Payloads.Add(bytes.AsMemory(at + SpoolRecord.HeaderSize, size - SpoolRecord.HeaderSize));
                batch.Ends.Add(segment.Begin + at + size);
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            // Somebody deleted it: counted as what cannot be read.
        }
        return batch;
    }

    private static byte[] ReadBytes(SafeFileHandle file, SpoolSegment segment, long most)
    {
        byte[] bytes = new byte[Math.Min(segment.Length - segment.Begin, most)];
        int read = RandomAccess.Read(file, bytes, segment.Begin);
        return bytes[..read];
    }
}
