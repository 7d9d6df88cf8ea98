using Eunomia.Core.Events;
using Eunomia.Core.Syscalls;

namespace Eunomia.Controller.Rules.Resolving;

/// <summary>What <c>evt.type</c> can be: a system call, or the dotted kind of what is no single call.</summary>
internal static class EventNames
{
    private static readonly HashSet<string> Known = [.. SyscallNames.All, .. EventKinds.All.Select(EventKinds.Name)];

    public static IEnumerable<string> All => Known;

    public static bool Has(string name) => Known.Contains(name);
}
