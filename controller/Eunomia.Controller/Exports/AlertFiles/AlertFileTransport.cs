using System.Buffers;
using Eunomia.Controller.Exports.Delivery;
using Eunomia.Core.Rules.Alerts;
using Microsoft.Win32.SafeHandles;

namespace Eunomia.Controller.Exports.AlertFiles;

/// <summary>
/// A file of JSON lines, which only grows, and is renamed when it is large enough. It is opened for each batch, so that it
/// may be moved away at any time, and synchronized before the batch counts as delivered. What a crash or a full disk left
/// half-written is cut off before the next line is written.
/// </summary>
internal sealed class AlertFileTransport(AlertFileOptions options) : IAlertTransport
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
    private readonly AlertJson _json = new();
    private AlertFileLock? _lock;

    public string Name => "file";

    public int MostPerSend => 256;

    public Task SendAsync(IReadOnlyList<Alert> alerts, CancellationToken cancellation)
    {
        MakeFolder();
        _lock ??= new AlertFileLock(options.Path);
        ArrayBufferWriter<byte> lines = new();
        long length = LengthOf(options.Path);
        foreach (Alert alert in alerts)
        {
            int before = lines.WrittenCount;
            _json.Write(alert, lines);
            if (length + lines.WrittenCount > options.LargestSize && length + before > 0)
            {
                Append(lines.WrittenSpan[..before]);
                byte[] rest = lines.WrittenSpan[before..].ToArray();
                lines.ResetWrittenCount();
                lines.Write(rest);
                length = 0;
                Rotate();
            }
        }
        Append(lines.WrittenSpan);
        return Task.CompletedTask;
    }

    public void Dispose() => _lock?.Dispose();

    private void Append(ReadOnlySpan<byte> lines)
    {
        if (lines.IsEmpty)
        {
            return;
        }
        using FileStream stream = Open();
        SafeFileHandle file = stream.SafeFileHandle;
        long end = EndOfLastLine(file);
        if (end < RandomAccess.GetLength(file))
        {
            RandomAccess.SetLength(file, end);
        }
        try
        {
            RandomAccess.Write(file, lines, end);
            RandomAccess.FlushToDisk(file);
        }
        catch (IOException)
        {
            RandomAccess.SetLength(file, end);
            throw;
        }
    }

    private void MakeFolder()
    {
        if (Path.GetDirectoryName(options.Path) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }
    }

    private FileStream Open() => new(options.Path, new FileStreamOptions
    {
        Mode = FileMode.OpenOrCreate,
        Access = FileAccess.ReadWrite,
        Share = FileShare.ReadWrite | FileShare.Delete,
        UnixCreateMode = Mode,
        BufferSize = 0,
    });

    // Lines are written whole or torn, never with a line feed within: behind the last one stands what is torn.
    private static long EndOfLastLine(SafeFileHandle file)
    {
        byte[] piece = new byte[4096];
        long end = RandomAccess.GetLength(file);
        while (end > 0)
        {
            long start = Math.Max(0, end - piece.Length);
            int read = RandomAccess.Read(file, piece.AsSpan(0, (int)(end - start)), start);
            int at = piece.AsSpan(0, read).LastIndexOf((byte)'\n');
            if (at >= 0)
            {
                return start + at + 1;
            }
            end = start;
        }
        return 0;
    }

    // From the oldest on, and only up to the first gap: so a crash in between loses none.
    private void Rotate()
    {
        int free = 1;
        while (free < options.Keep && File.Exists(options.Numbered(free)))
        {
            free++;
        }
        for (int number = free; number > 1; number--)
        {
            File.Move(options.Numbered(number - 1), options.Numbered(number), overwrite: true);
        }
        File.Move(options.Path, options.Numbered(1), overwrite: true);
    }

    private static long LengthOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }
}
