using Eunomia.Core.Events;

namespace Eunomia.TestKit;

/// <summary>What the kernel stopped.</summary>
public sealed record EnforceSpec
{
    public uint Policy { get; init; } = 1;

    public EnforceOperation Operation { get; init; }

    public EnforceTraits Traits { get; init; }

    public string Path { get; init; } = "";

    public ulong Inode { get; init; }

    public string? Address { get; init; }

    public ushort Port { get; init; }

    public ushort Protocol { get; init; }

    public Truncation Truncated { get; init; }
}
