using Eunomia.Core.Syscalls;

namespace Eunomia.TestKit;

/// <summary>How often a process made a call.</summary>
public sealed record SyscallSpec
{
    public ushort Number { get; init; } = 257;

    public SyscallAbi Abi { get; init; }

    public ulong Count { get; init; } = 1;

    public ulong Refused { get; init; }

    /// <summary>Error numbers, each with how often it was returned; at most 8.</summary>
    public IReadOnlyList<(uint Number, uint Count)> Errors { get; init; } = [];

    /// <summary>A call of each bucket, by its index.</summary>
    public IReadOnlyList<int> Buckets { get; init; } = [];

    public ulong TotalNs { get; init; }

    public ulong MaxNs { get; init; }

    public bool Overflow { get; init; }
}

/// <summary>A call that returned.</summary>
public sealed record SyscallCallSpec
{
    public ushort Number { get; init; } = 257;

    public SyscallAbi Abi { get; init; }

    /// <summary>At most 6.</summary>
    public IReadOnlyList<ulong> Args { get; init; } = [];

    public long Result { get; init; }

    public ulong LatencyNs { get; init; }

    public bool Refused { get; init; }

    public string Text { get; init; } = "";

    public string SecondText { get; init; } = "";

    public byte[] Address { get; init; } = [];

    public bool IsCut { get; init; }
}
