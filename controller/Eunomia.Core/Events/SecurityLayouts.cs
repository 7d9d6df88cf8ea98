using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Eunomia.Core.Events;

/// <summary><c>struct eu_security</c>; tail: path, raw, base, source, name, data.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SecurityLayout
{
    public RecordHeader Hdr;
    public ActorLayout Actor;

    /// <summary>As passed; what stands in memory has taken the place of some pointers.</summary>
    public CallArguments Args;

    /// <summary>Of the call, in its arguments or in memory; of mount_setattr in its arguments.</summary>
    public ulong Flags;

    /// <summary>
    /// setns: inode of the namespace; capability: that of the user namespace; fsmount, mount_setattr: attributes set.
    /// </summary>
    public ulong Value;

    /// <summary>Of the thread, behind the call.</summary>
    public ulong CapEffective;
    public ulong CapPermitted;

    /// <summary>Times since the record before.</summary>
    public ulong Count;
    public uint Euid;

    /// <summary>In the initial pid namespace; 0 = not known, or nobody's.</summary>
    public uint TargetPid;

    /// <summary>In the caller's pid namespace, as passed or returned; 0 = not known, or nobody's.</summary>
    public uint TargetVpid;

    /// <summary>
    /// bpf: type of program or map, or of attaching; io_uring_op: opcode; capability: its number; oom: the score's
    /// adjustment; mount_setattr: propagation.
    /// </summary>
    public uint Detail;

    /// <summary>What the call gave, or -errno.</summary>
    public int Result;
    public uint Reserved;
    public SecurityCall Call;
    public SecurityTraits SecurityFlags;
    public ushort PathLen;
    public ushort RawLen;
    public ushort BaseLen;
    public ushort SourceLen;
    public ushort NameLen;
    public ushort DataLen;
}

/// <summary><c>struct eu_ids</c>: ids in the initial user namespace, and capability sets.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct IdsLayout
{
    public ulong CapEffective;
    public ulong CapPermitted;
    public ulong CapInheritable;
    public uint Uid;
    public uint Euid;
    public uint Suid;
    public uint Fsuid;
    public uint Gid;
    public uint Egid;
    public uint Sgid;
    public uint Fsgid;
}

/// <summary><c>struct eu_security_credentials</c>; its tail is empty.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CredentialsLayout
{
    public SecurityLayout Call;

    /// <summary>Only with <see cref="SecurityTraits.Before"/>.</summary>
    public IdsLayout Before;
    public IdsLayout After;
}

/// <summary><c>struct eu_security_redirect</c>; tail: the path of a unix socket.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct RedirectLayout
{
    public SecurityLayout Call;
    public AddressBytes LocalAddr;
    public AddressBytes PeerAddr;
    public uint Netns;
    public ushort LocalPort;
    public ushort PeerPort;

    /// <summary>AF_*.</summary>
    public ushort Family;

    /// <summary>IPPROTO_*.</summary>
    public ushort Protocol;
    public uint Reserved;
}

/// <summary>The six arguments of a call.</summary>
[InlineArray(RecordAbi.CallArguments)]
public struct CallArguments
{
    private ulong _first;
}
