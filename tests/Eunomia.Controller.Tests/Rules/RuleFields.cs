using Eunomia.Controller.Rules.Resolving;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Controller.Tests.Rules;

/// <summary>Fields like those of public rule files, whatever the catalog has.</summary>
internal static class RuleFields
{
    private const string Texts =
        "evt.type evt.kind evt.dir evt.args evt.res evt.hostname evt.source proc.name proc.pname proc.cmdline proc.pcmdline proc.args proc.exe proc.pexe "
        + "proc.exepath proc.pexepath proc.sname proc.cwd proc.vpgid.name proc.vpgid.exe fd.type fd.typechar fd.sockfamily fd.l4proto "
        + "fd.cip.name fd.sip.name fd.lip.name fd.rip.name user.name user.loginname user.homedir group.name container.id container.name "
        + "container.type container.mounts container.image container.image.repository container.image.tag container.image.digest "
        + "container.cni.json container.healthcheck k8s.ns.name k8s.pod.name syscall.type thread.cap_effective thread.cap_permitted thread.cap_inheritable";

    private const string Paths = "fd.name fd.nameraw fd.directory fd.filename fs.path.name fs.path.source fs.path.target";

    private const string Numbers =
        "evt.num evt.rawres proc.pid proc.ppid proc.vpid proc.sid proc.tty fd.num user.uid user.loginuid group.gid";

    private const string Times =
        "evt.time proc.duration proc.ppid.duration proc.exe_ino.ctime proc.exe_ino.mtime proc.exe_ino.ctime_duration_proc_start container.start_ts container.duration";

    private const string Flags =
        "evt.is_open_read evt.is_open_write evt.is_open_exec proc.is_vpgid_leader proc.is_exe_upper_layer proc.is_exe_writable proc.is_exe_from_memfd "
        + "fd.connected fd.name_changed container.privileged";

    public static FieldSource All { get; } = new([
        .. Make(Texts, FieldType.Text), .. Make(Paths, FieldType.Path), .. Make(Numbers, FieldType.Number), .. Make(Times, FieldType.Time),
        .. Make(Flags, FieldType.Boolean), .. Make("fd.ip fd.cip fd.sip fd.lip fd.rip", FieldType.Address),
        .. Make("fd.net fd.cnet fd.snet fd.lnet fd.rnet", FieldType.Network), .. Make("fd.port fd.cport fd.sport fd.lport fd.rport", FieldType.Port),
        .. Make("proc.aname proc.aexe proc.aexepath", FieldType.Text, FieldArgument.OptionalIndex, isList: true),
        .. Make("proc.apid", FieldType.Number, FieldArgument.Index), .. Make("fd.types", FieldType.Text, FieldArgument.OptionalIndex, isList: true),
        .. Make("evt.arg container.mount.dest k8s.pod.label", FieldType.Text, FieldArgument.Key), .. Make("proc.env", FieldType.Text, FieldArgument.OptionalKey, isList: true),
        .. Make("test.never", FieldType.Text, reason: "nothing of it is seen"),
    ]);

    private static IEnumerable<FieldInfo> Make(
        string names, FieldType type, FieldArgument argument = FieldArgument.None, bool isList = false, string? reason = null) =>
        names.Split(' ').Select(name => new FieldInfo(name, type, argument, "") { IsList = isList, Unobservable = reason });
}
