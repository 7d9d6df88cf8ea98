using Eunomia.Core.Accounts;
using Eunomia.Core.Events;

namespace Eunomia.Core.Rules.Fields;

/// <summary>Fields of who did it: <c>user.*</c>, <c>group.*</c>.</summary>
internal static class AccountFields
{
    internal static void AddTo(FieldSet set)
    {
        set.Kinds = FieldCatalog.OfProcesses;
        set.Number("user.uid", "effective user in the initial user namespace, as of the last exec unless the real one changed since", (in EventView e, FieldScratch _, out long value) =>
        {
            bool isKnown = ProcessFacts.TryGetUsers(e, out uint _, out uint effective);
            value = effective;
            return isKnown;
        });
        set.Number("user.ruid", "real user in the initial user namespace", (in EventView e, FieldScratch _, out long value) =>
        {
            bool isKnown = ProcessFacts.TryGetUsers(e, out uint real, out uint _);
            value = real;
            return isKnown;
        });
        set.Text("user.name", "name of the effective user, in the container where there is one", (in EventView e, FieldScratch s) =>
            OfUser(e, s, user => user.Name), cost: 15);
        set.Text("user.homedir", "home directory of the effective user", (in EventView e, FieldScratch s) =>
            OfUser(e, s, user => user.HomeDirectory), FieldType.Path, 15);
        set.Text("user.shell", "shell of the effective user", (in EventView e, FieldScratch s) =>
            OfUser(e, s, user => user.Shell), FieldType.Path, 15);
        set.Number("user.loginuid", "user who logged in, as of the last exec; -1 when never set", (in EventView e, FieldScratch _, out long value) =>
        {
            bool isKnown = ProcessFacts.TryGetExec(e, out ExecLayout exec);
            value = exec.Loginuid == RecordAbi.IdUnset ? -1 : exec.Loginuid;
            return isKnown;
        });
        set.Text("user.loginname", "name of the user who logged in, as the host has it", (in EventView e, FieldScratch s) =>
            ProcessFacts.TryGetExec(e, out ExecLayout exec) && exec.Loginuid != RecordAbi.IdUnset && s.Accounts?.TryGetUser(null, exec.Loginuid, out AccountUser user) == true
                ? FieldReader.OrMissing(user.Name.Span)
                : FieldReader.Missing, cost: 15);
        set.Number("group.gid", "group: effective of an exec, else real, in the initial user namespace", (in EventView e, FieldScratch _, out long value) =>
        {
            bool isKnown = ProcessFacts.TryGetGroup(e, out uint gid);
            value = gid;
            return isKnown;
        });
        set.Text("group.name", "its name, in the container where there is one", (in EventView e, FieldScratch s) =>
            ProcessFacts.TryGetGroup(e, out uint gid) && s.Accounts?.TryGetGroup(e.Container, gid, out AccountGroup group) == true
                ? FieldReader.OrMissing(group.Name.Span)
                : FieldReader.Missing, cost: 15);
    }
    private static ReadOnlySpan<byte> OfUser(in EventView e, FieldScratch s, Func<AccountUser, ReadOnlyMemory<byte>> part) =>
        ProcessFacts.TryGetUsers(e, out uint _, out uint uid) && s.Accounts?.TryGetUser(e.Container, uid, out AccountUser user) == true
            ? FieldReader.OrMissing(part(user).Span)
            : FieldReader.Missing;
}
