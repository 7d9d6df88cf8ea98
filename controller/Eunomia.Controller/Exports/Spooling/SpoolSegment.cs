using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Eunomia.Controller.Exports.Spooling;

/// <summary>A file of the spool: records in the order of their arrival.</summary>
internal sealed class SpoolSegment(string path, long number)
{
    private const string Extension = ".seg";

    public string Path { get; } = path;

    /// <summary>Its place in the order.</summary>
    public long Number { get; } = number;

    /// <summary>Bytes of sound records, also those that are done.</summary>
    public long Length { get; set; }

    /// <summary>Where the first record stands that is not done.</summary>
    public long Begin { get; set; }

    /// <summary>How many records are not done.</summary>
    public long Left { get; set; }

    public static SpoolSegment In(string folder, long number) =>
        new(System.IO.Path.Combine(folder, number.ToString("D12", CultureInfo.InvariantCulture) + Extension), number);

    /// <summary>All that are in a folder, in order.</summary>
    public static IEnumerable<SpoolSegment> FindAll(string folder) => Directory.EnumerateFiles(folder, "*" + Extension)
        .Select(path => (Path: path, IsOne: long.TryParse(System.IO.Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out long number), Number: number))
        .Where(file => file.IsOne)
        .OrderBy(file => file.Number)
        .Select(file => new SpoolSegment(file.Path, file.Number));

    /// <summary>Counts what is not done; true when there were bytes behind the last sound record, which are cut off.</summary>
    public bool Scan(long begin)
    {
        byte[] bytes = File.ReadAllBytes(Path);
        int at = 0;
        for (int size; (size = SpoolRecord.Check(bytes.AsSpan(at))) > 0; at += size)
        {
            Left += at >= begin ? 1 : 0;
        }
        (Length, Begin) = (at, Math.Min(begin, at));
        if (at == bytes.Length)
        {
            return false;
        }
        using SafeFileHandle file = File.OpenHandle(Path, FileMode.Open, FileAccess.Write);
        RandomAccess.SetLength(file, at);
        return true;
    }
}
