using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Eunomia.Core.Syscalls;

namespace Eunomia.Core.Events;

/// <summary>One record, checked by <see cref="RecordReader"/>: its header and all its bytes.</summary>
public readonly ref struct Record
{
    internal Record(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>The whole record.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Its header.</summary>
    public ref readonly RecordHeader Header => ref MemoryMarshal.AsRef<RecordHeader>(Bytes);

    /// <summary>Its kind; may be one without a name.</summary>
    public EventKind Kind => Header.Kind;

    /// <summary>Whether it describes what already was.</summary>
    public bool IsSnapshot => (Header.Flags & RecordTraits.Snapshot) != 0;

    /// <summary>Whether strings were left out because the kernel's filter excluded it.</summary>
    public bool IsCompact => (Header.Flags & RecordTraits.Compact) != 0;

    /// <summary>Which of its strings are not complete: cut, or left out because it is compact.</summary>
    public Truncation Cut => Kind == EventKind.ProcessExec ? AsExec().Cut : Header.Truncated;

    /// <summary>The record as a fork. Only for <see cref="EventKind.ProcessFork"/>.</summary>
    public ForkRecord AsFork() => new(Require(RecordShape.Fork));

    /// <summary>The record as an exec. Only for <see cref="EventKind.ProcessExec"/>.</summary>
    public ExecRecord AsExec() => new(Require(RecordShape.Exec));

    /// <summary>The record as an exit. Only for <see cref="EventKind.ProcessExit"/>.</summary>
    public ExitRecord AsExit() => new(Require(RecordShape.Exit));

    /// <summary>The record as a cgroup's. Only for the two cgroup kinds.</summary>
    public CgroupRecord AsCgroup() => new(Require(RecordShape.Cgroup));

    /// <summary>The record as an open. Only for <see cref="EventKind.FileOpen"/>.</summary>
    public FileOpenRecord AsFileOpen() => new(Require(RecordShape.FileOpen));

    /// <summary>The record as a descriptor's totals. Only for closes and totals.</summary>
    public FileIoRecord AsFileIo() => new(Require(RecordShape.FileIo));

    /// <summary>The record as a change. Only for the file kinds from unlink to truncate.</summary>
    public FileChangeRecord AsFileChange() => new(Require(RecordShape.FileChange));

    /// <summary>The record as a TCP one. Only for the TCP kinds.</summary>
    public TcpRecord AsTcp() => new(Require(RecordShape.Tcp));

    /// <summary>The record as a flow. Only for the UDP kinds.</summary>
    public UdpRecord AsUdp() => new(Require(RecordShape.Udp));

    /// <summary>The record as a DNS message. Only for the DNS kinds.</summary>
    public DnsRecord AsDns() => new(Require(RecordShape.Dns));

    /// <summary>The record as an end of an object. Only for the ipc kinds but signals.</summary>
    public IpcRecord AsIpc() => new(Require(RecordShape.Ipc));

    /// <summary>The record as a signal. Only for <see cref="EventKind.IpcSignal"/>.</summary>
    public SignalRecord AsSignal() => new(Require(RecordShape.Signal));

    /// <summary>The record as a sample. Only for <see cref="EventKind.PerfSample"/>.</summary>
    public PerfSampleRecord AsPerfSample() => new(Require(RecordShape.PerfSample));

    /// <summary>The record as what a process used. Only for <see cref="EventKind.PerfCounters"/>.</summary>
    public PerfCountersRecord AsPerfCounters() => new(Require(RecordShape.PerfCounters));

    /// <summary>The record as a decision. Only for <see cref="EventKind.EnforceDecision"/>.</summary>
    public EnforceRecord AsEnforce() => new(Require(RecordShape.Enforce));

    /// <summary>As a count of system calls.</summary>
    public SyscallRecord AsSyscall() => new(Require(RecordShape.Syscall));

    /// <summary>As a system call.</summary>
    public SyscallCallRecord AsSyscallCall() => new(Require(RecordShape.SyscallCall));

    /// <summary>The record as what all security kinds have in common.</summary>
    public SecurityRecord AsSecurity() => new(
        Shape is RecordShape.Security or RecordShape.Credentials or RecordShape.Redirect
            ? Bytes
            : throw Mistaken("record of a security kind"),
        Shape);

    /// <summary>The record as a change of credentials. Only for <see cref="EventKind.SecurityCredentials"/>.</summary>
    public CredentialsRecord AsCredentials() => new(Require(RecordShape.Credentials));

    /// <summary>The record as a redirection. Only for <see cref="EventKind.SecurityRedirect"/>.</summary>
    public RedirectRecord AsRedirect() => new(Require(RecordShape.Redirect));

    /// <summary>Who did it. Only for kinds of activities, all of which have it in the same place.</summary>
    public ref readonly ActorLayout Actor => ref MemoryMarshal.AsRef<ActorLayout>(
        EventKinds.HasActor(Kind) ? Bytes[RecordAbi.HeaderSize..] : throw Mistaken("record of an activity"));

    /// <summary>
    /// The system call that it tells of; null for totals, and for what happened outside of a call. An exec has one, and
    /// all activities may have.
    /// </summary>
    public SyscallId? Syscall
    {
        get
        {
            if (EventKinds.HasActor(Kind))
            {
                ref readonly ActorLayout actor = ref Actor;
                return SyscallId.Of(actor.Syscall, actor.SyscallAbi, actor.SyscallPart);
            }

            return Shape == RecordShape.Exec
                ? SyscallId.Of(AsExec().Fields.Syscall, AsExec().Fields.SyscallAbi, part: 0)
                : null;
        }
    }

    /// <summary>What the call gave: 0 or more, or -errno. Null where there was none: of totals, of what no call did.</summary>
    internal long? Result => Shape switch
    {
        RecordShape.FileOpen => AsFileOpen().Fields.Result,
        RecordShape.FileIo when Kind == EventKind.FileClose => AsFileIo().Fields.Result,
        RecordShape.FileChange => AsFileChange().Fields.Result,
        RecordShape.Tcp => AsTcp().Fields.Result,
        RecordShape.SyscallCall => AsSyscallCall().Fields.Result,
        RecordShape.Security when Kind is EventKind.SecurityOom or EventKind.SecurityIoUringOp => null,
        RecordShape.Security or RecordShape.Credentials or RecordShape.Redirect => AsSecurity().Fields.Result,
        RecordShape.Ipc when Kind is EventKind.IpcOpen or EventKind.IpcClose => AsIpc().Fields.Result,
        RecordShape.Udp when Kind is EventKind.UdpOpen or EventKind.UdpConnect => AsUdp().Fields.Result,
        _ => null,
    };

    /// <summary>Whether the call failed; of single system calls a result may look negative and be an address.</summary>
    internal bool HasFailed => Result is < 0 and var result && (Shape != RecordShape.SyscallCall || SyscallResult.IsError(result));

    /// <summary>Whether it tells what was counted for no process in particular.</summary>
    internal bool IsNobodys => Shape == RecordShape.Syscall && AsSyscall().IsOverflow;

    /// <summary>What its bytes are.</summary>
    internal RecordShape Shape => EventKinds.Shape(Kind);

    private ReadOnlySpan<byte> Require(RecordShape shape) => Shape == shape ? Bytes : throw Mistaken(shape.ToString());

    private InvalidOperationException Mistaken(string wanted) => new($"the record is a {Kind}, not a {wanted}");
}

/// <summary>A new process.</summary>
public readonly ref struct ForkRecord
{
    private readonly ref readonly ForkLayout _fixed;

    internal ForkRecord(ReadOnlySpan<byte> bytes) => _fixed = ref MemoryMarshal.AsRef<ForkLayout>(bytes);

    /// <summary>The header; describes the child.</summary>
    public ref readonly RecordHeader Header => ref _fixed.Hdr;

    /// <summary>All fixed fields.</summary>
    public ref readonly ForkLayout Fields => ref _fixed;

    /// <summary>Task name, bytes as the kernel has them.</summary>
    public ReadOnlySpan<byte> Comm => _fixed.Comm.Text;
}

/// <summary>A new program in a process. Strings are bytes as the kernel has them, normally UTF-8.</summary>
public readonly ref struct ExecRecord
{
    private readonly ref readonly ExecLayout _fixed;
    private readonly ReadOnlySpan<byte> _tail;

    internal ExecRecord(ReadOnlySpan<byte> bytes)
    {
        _fixed = ref MemoryMarshal.AsRef<ExecLayout>(bytes);
        _tail = bytes[Unsafe.SizeOf<ExecLayout>()..];
    }

    /// <summary>The header; its tid is the thread that called execve.</summary>
    public ref readonly RecordHeader Header => ref _fixed.Hdr;

    /// <summary>All fixed fields.</summary>
    public ref readonly ExecLayout Fields => ref _fixed;

    /// <summary>Task name.</summary>
    public ReadOnlySpan<byte> Comm => _fixed.Comm.Text;

    /// <summary>Path of the file that runs, in the process's root.</summary>
    public ReadOnlySpan<byte> Exe => _tail[.._fixed.ExeLen];

    /// <summary>Path as passed to execve.</summary>
    public ReadOnlySpan<byte> Filename => _tail.Slice(_fixed.ExeLen, _fixed.FilenameLen);

    /// <summary>Working directory, in the process's root.</summary>
    public ReadOnlySpan<byte> Cwd => _tail.Slice(_fixed.ExeLen + _fixed.FilenameLen, _fixed.CwdLen);

    /// <summary>Arguments, each followed by NUL (the last one not, when cut). See <see cref="NulList"/>.</summary>
    public ReadOnlySpan<byte> Args =>
        _tail.Slice(_fixed.ExeLen + _fixed.FilenameLen + _fixed.CwdLen, _fixed.ArgsLen);

    /// <summary>Chosen variables, NAME=VALUE, each followed by NUL.</summary>
    public ReadOnlySpan<byte> Env =>
        _tail.Slice(_fixed.ExeLen + _fixed.FilenameLen + _fixed.CwdLen + _fixed.ArgsLen, _fixed.EnvLen);

    /// <summary>Which strings are not complete. A compact record has the executable's path at most.</summary>
    public Truncation Cut
    {
        get
        {
            if ((_fixed.Hdr.Flags & RecordTraits.Compact) == 0)
            {
                return _fixed.Hdr.Truncated;
            }

            Truncation missing = Truncation.Args | Truncation.Cwd | Truncation.Filename | Truncation.Env;
            return _fixed.Hdr.Truncated | missing | (_fixed.ExeLen == 0 ? Truncation.Exe : Truncation.None);
        }
    }

    internal static bool Fits(ReadOnlySpan<byte> record)
    {
        if (record.Length < Unsafe.SizeOf<ExecLayout>())
        {
            return false;
        }

        ref readonly ExecLayout exec = ref MemoryMarshal.AsRef<ExecLayout>(record);
        int tail = exec.ExeLen + exec.FilenameLen + exec.CwdLen + exec.ArgsLen + exec.EnvLen;
        return tail <= record.Length - Unsafe.SizeOf<ExecLayout>();
    }
}

/// <summary>The end of a process.</summary>
public readonly ref struct ExitRecord
{
    private readonly ref readonly ExitLayout _fixed;

    internal ExitRecord(ReadOnlySpan<byte> bytes) => _fixed = ref MemoryMarshal.AsRef<ExitLayout>(bytes);

    /// <summary>The header.</summary>
    public ref readonly RecordHeader Header => ref _fixed.Hdr;

    /// <summary>All fixed fields.</summary>
    public ref readonly ExitLayout Fields => ref _fixed;

    /// <summary>Task name.</summary>
    public ReadOnlySpan<byte> Comm => _fixed.Comm.Text;
}

/// <summary>A cgroup made or removed.</summary>
public readonly ref struct CgroupRecord
{
    private readonly ref readonly CgroupLayout _fixed;

    internal CgroupRecord(ReadOnlySpan<byte> bytes)
    {
        _fixed = ref MemoryMarshal.AsRef<CgroupLayout>(bytes);
        Path = bytes.Slice(Unsafe.SizeOf<CgroupLayout>(), _fixed.PathLen);
    }

    /// <summary>The header; describes who did it.</summary>
    public ref readonly RecordHeader Header => ref _fixed.Hdr;

    /// <summary>All fixed fields.</summary>
    public ref readonly CgroupLayout Fields => ref _fixed;

    /// <summary>Path from the root of the hierarchy.</summary>
    public ReadOnlySpan<byte> Path { get; }

    internal static bool Fits(ReadOnlySpan<byte> record) =>
        record.Length >= Unsafe.SizeOf<CgroupLayout>()
        && MemoryMarshal.AsRef<CgroupLayout>(record).PathLen <= record.Length - Unsafe.SizeOf<CgroupLayout>();
}
