using Eunomia.Core.Events;

namespace Eunomia.TestKit;

/// <summary>What a security record says beside the process.</summary>
public sealed record SecuritySpec
{
    public SecurityCall Call { get; init; }

    /// <summary>At most six.</summary>
    public ulong[] Args { get; init; } = [];

    public ulong Flags { get; init; }

    public ulong Value { get; init; }

    public ulong CapEffective { get; init; } = 0x1ff;

    public ulong CapPermitted { get; init; } = 0x1ff;

    public ulong Count { get; init; } = 1;

    public uint Euid { get; init; }

    public uint TargetPid { get; init; }

    public uint TargetVpid { get; init; }

    public uint Detail { get; init; }

    public int Result { get; init; }

    public SecurityTraits Traits { get; init; }

    public string Path { get; init; } = "";

    public string Raw { get; init; } = "";

    public string Base { get; init; } = "";

    public string Source { get; init; } = "";

    public string Name { get; init; } = "";

    public string Data { get; init; } = "";

    public Truncation Truncated { get; init; }

    /// <summary>Of a change of credentials.</summary>
    public IdsLayout Before { get; init; }

    /// <summary>Of a change of credentials.</summary>
    public IdsLayout After { get; init; }

    /// <summary>Of a redirection.</summary>
    public TcpSpec Socket { get; init; } = new();
}
