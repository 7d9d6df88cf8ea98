using Eunomia.Core.Events;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Tests.Rules;

public sealed class FieldCatalogTests
{
    /// <summary>The fields of the three public files of Falco's rules.</summary>
    private const string Public =
        "evt.type evt.num evt.res evt.rawres evt.time evt.dir evt.hostname evt.args evt.is_open_read evt.is_open_write evt.is_open_exec evt.arg.flags "
        + "proc.name proc.pname proc.aname proc.cmdline proc.pcmdline proc.args proc.exe proc.pexe proc.aexe proc.exepath proc.pexepath proc.aexepath "
        + "proc.pid proc.ppid proc.apid proc.vpid proc.sid proc.sname proc.tty proc.cwd proc.env proc.duration proc.ppid.duration proc.vpgid.name proc.vpgid.exe "
        + "proc.is_vpgid_leader proc.is_exe_upper_layer proc.is_exe_writable proc.is_exe_from_memfd proc.exe_ino.ctime proc.exe_ino.mtime "
        + "proc.exe_ino.ctime_duration_proc_start thread.cap_effective thread.cap_permitted thread.cap_inheritable fd.num fd.name fd.nameraw fd.directory "
        + "fd.filename fd.type fd.typechar fd.types fd.sockfamily fd.l4proto fd.ip fd.cip fd.sip fd.lip fd.rip fd.port fd.cport fd.sport fd.lport fd.rport "
        + "fd.net fd.cnet fd.snet fd.rnet fd.lnet fd.connected fd.name_changed fd.cip.name fd.sip.name fd.lip.name fd.rip.name user.uid user.name "
        + "user.loginuid user.loginname user.homedir group.gid group.name container.id container.name container.type container.privileged "
        + "container.start_ts container.duration container.mounts container.mount container.mount.dest container.image container.image.repository "
        + "container.image.tag container.image.digest container.cni.json container.healthcheck k8s.ns.name k8s.pod.name k8s.pod.label syscall.type "
        + "fs.path.name fs.path.source fs.path.target evt.arg.request evt.arg.target evt.arg.linkpath evt.arg.oldpath evt.arg.newpath evt.arg.domain "
        + "evt.arg.uid evt.arg.mode evt.arg.path evt.arg.name evt.arg.filename";

    [Fact]
    public void Find_FieldsOfPublicRules_AllExist() =>
        Assert.DoesNotContain(Public.Split(' '), name => FieldCatalog.Find(name) is null);

    [Fact]
    public void Find_Unknown_IsNull() => Assert.Null(FieldCatalog.Find("proc.nmae"));

    [Fact]
    public void Find_ArgumentNobodyHas_IsUnobservable()
    {
        Assert.Equal("no event has an argument 'nothing'", FieldCatalog.Find("evt.arg.nothing")!.Unobservable);
        Assert.Null(FieldCatalog.Find("evt.arg.whence")!.Unobservable);
        Assert.Equal(EventKindSet.Of(EventKind.SyscallCall), FieldCatalog.Find("evt.arg.whence")!.Kinds);
    }

    [Fact]
    public void Names_AreUnique() => Assert.Equal(FieldCatalog.All.Count, FieldCatalog.All.Select(field => field.Name).Distinct().Count());
}
