using Eunomia.Controller.Exports.Delivery;
using Eunomia.Core.Rules.Alerts;
using Microsoft.Win32.SafeHandles;

namespace Eunomia.Controller.Exports.AlertFiles;

/// <summary>What earlier runs wrote to the alert file, read from its end.</summary>
public static class AlertHistory
{
    private const int MostBytes = 8 << 20;

    /// <summary>The last alerts, oldest first, also from the renamed files. What cannot be read is left out.</summary>
    public static IReadOnlyList<Alert> Read(AlertFileOptions options, int most)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<Alert> newestFirst = [];
        HashSet<Guid> seen = [];
        int left = MostBytes;
        for (int number = 0; number <= options.Keep && left > 0 && newestFirst.Count < most; number++)
        {
            byte[] end = ReadEnd(number == 0 ? options.Path : options.Numbered(number), left);
            left -= end.Length;
            for (int stop = LastLineFeed(end, end.Length); stop >= 0 && newestFirst.Count < most;)
            {
                int start = LastLineFeed(end, stop) + 1;
                // After a crash one may stand there twice.
                if (AlertJsonReader.Read(end.AsMemory(start, stop - start)) is { } alert && seen.Add(alert.Id))
                {
                    newestFirst.Add(alert);
                }
                stop = start - 1;
            }
        }
        newestFirst.Reverse();
        return newestFirst;
    }

    private static int LastLineFeed(byte[] bytes, int before) => bytes.AsSpan(0, before).LastIndexOf((byte)'\n');

    private static byte[] ReadEnd(string path, int most)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            long length = RandomAccess.GetLength(file);
            byte[] end = new byte[Math.Min(length, most)];
            int read = RandomAccess.Read(file, end, length - end.Length);
            return end[..read];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
