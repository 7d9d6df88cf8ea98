using System.Collections.Frozen;
using Eunomia.Core.Events;

namespace Eunomia.Core.Rules.Fields;

/// <summary>All fields that there are.</summary>
public static class FieldCatalog
{
    internal static readonly EventKindSet AllKinds = EventKindSet.Of([.. EventKinds.All]);
    internal static readonly EventKindSet OfExec = EventKindSet.Of(EventKind.ProcessExec, EventKind.ContainerStart);
    internal static readonly EventKindSet OfFiles = EventKinds.FilesTracker;
    internal static readonly EventKindSet OfSecurity = EventKinds.SecurityTracker;
    internal static readonly EventKindSet OfIpc = EventKinds.IpcTracker.Except(EventKindSet.Of(EventKind.IpcSignal));
    internal static readonly EventKindSet WithSocket = EventKinds.TcpConnectTracker.Union(EventKinds.UdpTracker).Union(EventKinds.DnsTracker).With(EventKind.SecurityRedirect);
    internal static readonly EventKindSet OfProcesses = AllKinds.Except(EventKindSet.Of(EventKind.ContainerCreate));

    internal static readonly EventKindSet WithFd = OfFiles.Union(WithSocket).Union(OfIpc).Union(EventKindSet.Of(
        EventKind.SecurityMemfd, EventKind.SecurityUserfaultfd, EventKind.SecurityBpf, EventKind.SecurityIoUring, EventKind.SecurityMount));

    internal static readonly EventKindSet WithResult = EventKinds.ProcessTracker.Union(OfFiles).Union(OfSecurity).Union(EventKinds.TcpConnectTracker)
        .Union(EventKindSet.Of(EventKind.UdpOpen, EventKind.IpcOpen, EventKind.IpcClose, EventKind.SyscallCall));

    private static readonly FieldDefinition[] Definitions = Make();

    private static readonly FrozenDictionary<string, FieldDefinition> ByName =
        Definitions.ToFrozenDictionary(field => field.Info.Name, StringComparer.Ordinal);

    /// <summary>All, in the order of the documentation. Arguments that only single system calls have are not among them.</summary>
    public static IReadOnlyList<FieldInfo> All { get; } = Array.ConvertAll(Definitions, field => field.Info);

    /// <summary>The field of this name, or null. Any <c>evt.arg.NAME</c> is one, if only one that no event has.</summary>
    public static FieldInfo? Find(string name) => FindDefinition(name)?.Info;

    internal static FieldDefinition? FindDefinition(string name) => ByName.GetValueOrDefault(name) ?? ArgumentFields.Find(name);

    private static FieldDefinition[] Make()
    {
        var set = new FieldSet();
        EventFields.AddTo(set);
        ArgumentFields.AddTo(set);
        ProcessFields.AddTo(set);
        AncestorFields.AddTo(set);
        TargetFields.AddTo(set);
        FdFields.AddTo(set);
        SocketFields.AddTo(set);
        AccountFields.AddTo(set);
        ContainerFields.AddTo(set);
        return [.. set.All];
    }
}
