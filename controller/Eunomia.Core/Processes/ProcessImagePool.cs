using System.Numerics;
using Eunomia.Core.Events;

namespace Eunomia.Core.Processes;

/// <summary>
/// Counts references to images and uses them again, by size, so that a busy host makes no garbage. Memory is bounded:
/// each string is kept up to 4 KiB, and up to 128 bytes once all images together hold more than the budget; a few MiB
/// wait for use.
/// </summary>
internal sealed class ProcessImagePool(long budget = 16 << 20)
{
    private const int NormalLimit = 4096;
    private const int TightLimit = 128;
    private const int SmallestLog2 = 8;
    private const int Classes = 7;
    private const long MaxFreeBytes = 4 << 20;
    private readonly Stack<ProcessImage>[] _free = [.. Enumerable.Range(0, Classes).Select(_ => new Stack<ProcessImage>())];
    private long _freeBytes;

    /// <summary>Bytes held by images in use.</summary>
    internal long StoredBytes { get; private set; }

    /// <summary>An image of this exec, with one reference that the caller owns.</summary>
    internal ProcessImage Create(in ExecRecord exec)
    {
        int limit = StoredBytes < budget ? NormalLimit : TightLimit;
        ProcessImage image = Take(ClassOf(ProcessImage.SizeOf(exec, limit)));
        image.Fill(exec, limit);
        image.References = 1;
        StoredBytes += image.Capacity;
        return image;
    }

    /// <summary>One reference more.</summary>
    internal static ProcessImage? Share(ProcessImage? image)
    {
        if (image is not null)
        {
            image.References++;
        }

        return image;
    }

    /// <summary>One reference less; the last one gives the image back.</summary>
    internal void Release(ProcessImage? image)
    {
        if (image is null || --image.References > 0)
        {
            return;
        }

        StoredBytes -= image.Capacity;
        image.Json = null;
        if (_freeBytes + image.Capacity <= MaxFreeBytes)
        {
            _freeBytes += image.Capacity;
            _free[ClassOf(image.Capacity)].Push(image);
        }
    }

    private ProcessImage Take(int sizeClass)
    {
        if (!_free[sizeClass].TryPop(out ProcessImage? image))
        {
            return new ProcessImage(1 << (sizeClass + SmallestLog2));
        }

        _freeBytes -= image.Capacity;
        return image;
    }

    /// <summary>0 for up to 256 bytes, and one more for each doubling; the largest holds three strings at their limit.</summary>
    private static int ClassOf(int size) => Math.Max(0, BitOperations.Log2((uint)Math.Max(1, size - 1)) + 1 - SmallestLog2);
}
