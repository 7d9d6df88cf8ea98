using System.Runtime.InteropServices;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Processes;

namespace Eunomia.Core.Ipc;

/// <summary>Which object: an inode and its device, or a System V id with its type and namespace.</summary>
internal readonly record struct IpcObjectKey(ulong Number, uint Place, IpcType SysvType)
{
    internal static IpcObjectKey Of(in IpcLayout ipc) => ipc.Inode != 0
        ? new(ipc.Inode, ipc.Dev, IpcType.Unknown)
        : new((uint)ipc.Id, ipc.Ns, ipc.Type);
}

/// <summary>One process at an object, on one side of it.</summary>
internal struct IpcEnd
{
    internal ProcessKey Key;
    internal IpcRole Role;
    internal TaskComm Name;
    internal Container? Container;
    internal bool HasEnded;
}

/// <summary>An object and who is there. Bounded: the end that ended longest ago goes first, else the oldest.</summary>
internal sealed class IpcObject
{
    internal const int MaxEnds = 32;
    internal const int MaxLinks = 8;
    private readonly List<IpcEnd> _ends = [];
    private readonly List<IpcObjectKey> _links = [];

    internal IpcObjectKey Key { get; set; }

    internal IpcObject? Previous { get; set; }

    internal IpcObject? Next { get; set; }

    internal ReadOnlySpan<IpcEnd> Ends => CollectionsMarshal.AsSpan(_ends);

    /// <summary>The sockets that this one is connected to.</summary>
    internal ReadOnlySpan<IpcObjectKey> Links => CollectionsMarshal.AsSpan(_links);

    internal void Link(IpcObjectKey other)
    {
        if (_links.Contains(other))
        {
            return;
        }

        if (_links.Count >= MaxLinks)
        {
            _links.RemoveAt(0);
        }

        _links.Add(other);
    }

    internal void Put(in IpcEnd end)
    {
        int at = Find(end.Key, end.Role);
        if (at >= 0)
        {
            _ends[at] = end;
            return;
        }

        if (_ends.Count >= MaxEnds)
        {
            _ends.RemoveAt(Math.Max(0, _ends.FindIndex(static other => other.HasEnded)));
        }

        _ends.Add(end);
    }

    internal void Remove(ProcessKey key, IpcRole role)
    {
        int at = Find(key, role);
        if (at >= 0)
        {
            _ends.RemoveAt(at);
        }
    }

    /// <summary>An object with a name is used again: those who left it before have nothing to do with that.</summary>
    internal void BeginAnew()
    {
        foreach (IpcEnd end in _ends)
        {
            if (!end.HasEnded)
            {
                return;
            }
        }

        _ends.Clear();
    }

    internal void Reset()
    {
        _ends.Clear();
        _links.Clear();
        (Key, Previous, Next) = (default, null, null);
    }

    private int Find(ProcessKey key, IpcRole role)
    {
        for (int i = 0; i < _ends.Count; i++)
        {
            if (_ends[i].Key == key && _ends[i].Role == role)
            {
                return i;
            }
        }

        return -1;
    }
}
