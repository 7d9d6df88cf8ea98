namespace Eunomia.Core.Processes;

/// <summary>
/// Tells Eunomia's own processes by descent from the collector's first one: nobody else can get there, unlike with a name,
/// a path or a user id.
/// </summary>
internal sealed class OwnProcesses(ProcessTable table, uint root)
{
    private const int MaxDepth = 16;

    internal bool Contains(Process? process) => root != 0 && process is not null && IsOwn(process, MaxDepth);

    private bool IsOwn(Process process, int depth) => process.IsOwn ??= process.Key.Pid == root
        || (depth > 0 && table.TryGetParent(process, out Process? parent) && IsOwn(parent, depth - 1));
}
