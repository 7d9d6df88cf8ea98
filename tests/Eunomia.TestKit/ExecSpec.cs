using Eunomia.Core.Events;

namespace Eunomia.TestKit;

/// <summary>What an exec record says beside the process.</summary>
public sealed record ExecSpec
{
    public string Exe { get; init; } = "/bin/sh";

    public string Filename { get; init; } = "/bin/sh";

    public string Cwd { get; init; } = "/";

    public IReadOnlyList<string> Args { get; init; } = ["sh"];

    /// <summary>Bytes instead of <see cref="Args"/>, for what is not text.</summary>
    public byte[]? RawArgs { get; init; }

    public IReadOnlyList<string> Env { get; init; } = [];

    public uint? Argc { get; init; }

    public uint Euid { get; init; }

    public uint Egid { get; init; }

    public uint Loginuid { get; init; } = RecordAbi.IdUnset;

    public uint AuditSession { get; init; } = RecordAbi.IdUnset;

    public uint Sid { get; init; } = 1;

    public uint Pgid { get; init; } = 1;

    public uint Tty { get; init; }

    public ulong CapEffective { get; init; }

    public ulong CapPermitted { get; init; }

    public ulong CapInheritable { get; init; }

    public ulong ExeInode { get; init; }

    public uint ExeDevice { get; init; }

    public ushort ExeMode { get; init; }

    public ulong ExeCtimeNs { get; init; }

    public ulong ExeMtimeNs { get; init; }

    public uint UserNamespace { get; init; }

    public uint Vsid { get; init; }

    public uint Vpgid { get; init; }

    public ExeTraits ExeFlags { get; init; }

    public Truncation Truncated { get; init; }
}
