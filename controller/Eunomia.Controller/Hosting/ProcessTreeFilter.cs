using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Processes;

namespace Eunomia.Controller.Hosting;

/// <summary>
/// Whether processes are the wanted ones or descend from them. The answer is remembered from a process's first event on, its
/// fork where that was seen, so that it does not change when a parent ends.
/// </summary>
internal sealed class ProcessTreeFilter(IReadOnlyList<uint> roots)
{
    private const int MostAncestors = 64;
    private const int MostRemembered = 65_536;
    private readonly HashSet<uint> _roots = [.. roots];
    private readonly Dictionary<ProcessKey, bool> _known = [];
    private readonly Ancestor[] _ancestors = new Ancestor[MostAncestors];

    /// <summary>Whether any process is wanted; stays when the roots have ended, for the sake of their descendants.</summary>
    public bool IsActive { get; } = roots.Count > 0;

    /// <summary>Whether the process of an event is inside.</summary>
    public bool Contains(in EventView e, EventPipeline pipeline)
    {
        var key = new ProcessKey(e.Record.Header.Tgid, e.Record.Header.StartNs);
        if (!_known.TryGetValue(key, out bool inside))
        {
            if (_known.Count >= MostRemembered)
            {
                _known.Clear(); // ends must have been lost; parents that still live tell again
            }
            inside = Descends(key, pipeline.Processes);
            _known[key] = inside;
        }
        if (e.Kind == EventKind.ProcessExit)
        {
            _known.Remove(key);
            ForgetRoot(key);
        }
        return inside;
    }

    // Who gets the pid next is somebody else.
    private void ForgetRoot(ProcessKey key) => _roots.Remove(key.Pid);

    private bool Descends(ProcessKey key, ProcessTable processes)
    {
        if (_roots.Contains(key.Pid))
        {
            return true;
        }
        if (!processes.TryGet(key, out Process? process))
        {
            return false;
        }
        int count = processes.GetAncestors(process, _ancestors);
        for (int i = 0; i < count; i++)
        {
            if (_roots.Contains(_ancestors[i].Key.Pid) || (_known.TryGetValue(_ancestors[i].Key, out bool inside) && inside))
            {
                return true;
            }
        }
        return false;
    }
}
