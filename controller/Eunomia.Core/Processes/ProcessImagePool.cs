using Eunomia.Core.Events;

namespace Eunomia.Core.Processes;

/// <summary>
/// Counts references to images and uses them again, so that a busy host makes no garbage. Memory is bounded: each string
/// is kept up to 4 KiB, and up to 128 bytes once all images together hold more than the budget.
/// </summary>
internal sealed class ProcessImagePool(long budget = 16 << 20)
{
    private const int NormalLimit = 4096;
    private const int TightLimit = 128;
    private const int KeptBuffer = 2048;
    private const int KeptImages = 2048;
    private readonly Stack<ProcessImage> _free = new();

    /// <summary>Bytes held by images in use.</summary>
    internal long StoredBytes { get; private set; }

    /// <summary>An image of this exec, with one reference that the caller owns.</summary>
    internal ProcessImage Create(in ExecRecord exec)
    {
        ProcessImage image = _free.Count > 0 ? _free.Pop() : new ProcessImage();
        image.Fill(exec, StoredBytes < budget ? NormalLimit : TightLimit);
        image.References = 1;
        StoredBytes += image.StoredBytes;
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

        StoredBytes -= image.StoredBytes;
        image.Clear(KeptBuffer);
        if (_free.Count < KeptImages)
        {
            _free.Push(image);
        }
    }
}
