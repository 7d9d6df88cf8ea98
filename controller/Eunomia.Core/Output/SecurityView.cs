using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>What both writers show of a security record, taken apart.</summary>
internal readonly ref struct SecurityView
{
    private const uint BpfMapCreate = 0;
    private const uint BpfProgLoad = 5;
    private const uint BpfProgAttach = 8;
    private const uint BpfProgDetach = 9;
    private const uint BpfLinkCreate = 28;
    private const uint PtraceTraceme = 0;
    private const uint PtraceKill = 8;
    private const uint PtraceAttach = 16;
    private const uint PtraceInterrupt = 0x4207;
    private const uint AmbientRaise = 2;
    private const uint AmbientLower = 3;
    private const uint OptionCapbsetDrop = 24;
    private const uint OptionMm = 35;
    private const uint OptionCapAmbient = 47;
    private const uint OptionSpeculation = 53;
    private const uint OptionDispatch = 59;
    private const ulong CloneSignal = 0xff;
    private const uint SocketTypeMask = 0xf;

    internal SecurityView(EventKind kind, SecurityRecord record)
    {
        Kind = kind;
        Record = record;
        Decoder = CallDecoders.Of(record.Fields.Call);
    }

    internal EventKind Kind { get; }

    internal SecurityRecord Record { get; }

    /// <summary>Null: no call did it.</summary>
    internal CallDecoder? Decoder { get; }

    internal ref readonly SecurityLayout Fields => ref Record.Fields;

    /// <summary>The number that says what the call, or a ring, is told to do.</summary>
    internal uint? OperationNumber => Kind == EventKind.SecurityIoUringOp ? Fields.Detail
        : Decoder?.Operation is { } operation ? (uint)Fields.Args[operation.Argument]
        : null;

    /// <summary>Its name, or null.</summary>
    internal string? Operation => OperationNumber is not { } number ? null
        : Kind == EventKind.SecurityIoUringOp ? CallDecoders.Name(SecurityNames.RingOperations, number)
        : Decoder?.Operation?.Names(number);

    /// <summary>Flags as passed, without what is none.</summary>
    internal ulong Flags => Fields.Call switch
    {
        SecurityCall.Clone => Fields.Flags & ~CloneSignal,
        SecurityCall.Socket => (uint)Fields.Args[1] & ~SocketTypeMask,
        _ => Fields.Flags,
    };

    /// <summary>The descriptor passed; -1: none.</summary>
    internal int Descriptor => Decoder is { Descriptor: >= 0 and var at } ? (int)Fields.Args[at] : -1;

    /// <summary>What is mounted.</summary>
    internal ReadOnlySpan<byte> Source =>
        Record.Source.IsEmpty && Decoder is { MountsDescriptor: true } ? Record.Path : Record.Source;

    /// <summary>Where the kernel says the object is.</summary>
    internal ReadOnlySpan<byte> ResolvedPath => Decoder is { MountsDescriptor: true } ? default : Record.Path;

    /// <summary>The type of a file system or a key, as passed.</summary>
    internal ReadOnlySpan<byte> TypeText => Decoder is { NamesType: true } ? Record.Name : default;

    /// <summary>The type of a program or a map, or of how one is attached, or of what perf counts; null for other calls.</summary>
    internal string? TypeName => Fields.Call switch
    {
        SecurityCall.Bpf => BpfType,
        SecurityCall.PerfEventOpen => CallDecoders.Name(SystemNames.PerfTypes, Fields.Detail),
        _ => null,
    };

    /// <summary>A socket's address family.</summary>
    internal uint Family => (uint)Fields.Args[0];

    /// <summary>A socket's type, without flags.</summary>
    internal uint SocketType => (uint)Fields.Args[1] & SocketTypeMask;

    /// <summary>A socket's protocol; 0 is the one that the type stands for.</summary>
    internal uint Protocol => (uint)Fields.Args[2];

    private string? BpfType => (uint)Fields.Args[0] switch
    {
        BpfMapCreate => CallDecoders.Name(SecurityNames.BpfMaps, Fields.Detail),
        BpfProgLoad => CallDecoders.Name(SecurityNames.BpfPrograms, Fields.Detail),
        BpfProgAttach or BpfProgDetach or BpfLinkCreate => CallDecoders.Name(SecurityNames.BpfAttachments, Fields.Detail),
        _ => null,
    };

    /// <summary>A namespace's type: <c>net</c>.</summary>
    internal ReadOnlySpan<byte> NamespaceType => Fields.Call == SecurityCall.Setns ? Record.Name : default;

    /// <summary>A name that is not a type's.</summary>
    internal ReadOnlySpan<byte> Name =>
        Decoder is { NamesType: true } || Fields.Call == SecurityCall.Setns ? default : Record.Name;

    /// <summary>The capability used, or the one that a prctl is about; null: none.</summary>
    internal uint? Capability => Kind == EventKind.SecurityCapability ? Fields.Detail
        : Fields.Call != SecurityCall.Prctl ? null
        : (uint)Fields.Args[0] switch
        {
            OptionCapbsetDrop => (uint)Fields.Args[1],
            OptionCapAmbient when Fields.Args[1] is AmbientRaise or AmbientLower => (uint)Fields.Args[2],
            _ => null,
        };

    /// <summary>Which arguments are shown as they are: those that mean something and have no member.</summary>
    internal Range Arguments => Fields.Call switch
    {
        SecurityCall.Ptrace => (uint)Fields.Args[0] is PtraceTraceme or PtraceKill or PtraceAttach or PtraceInterrupt ? default : 2..4,
        SecurityCall.Prctl => (uint)Fields.Args[0] switch
        {
            OptionDispatch => 1..5,
            OptionMm or OptionCapAmbient or OptionSpeculation => 1..3,
            _ => 1..2,
        },
        SecurityCall.Iopl => 0..1,
        SecurityCall.Ioperm => 0..3,
        _ => default,
    };

    /// <summary>The number in the caller's pid namespace, where that is not the host's.</summary>
    internal uint TargetVpid => Fields.TargetPid == 0 ? Fields.TargetVpid : 0;
}
