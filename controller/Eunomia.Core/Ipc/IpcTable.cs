using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Processes;

namespace Eunomia.Core.Ipc;

/// <summary>
/// Joins the ends of what processes talk through: who is at an object, as its records tell, and so who is at the other end
/// of it. Bounded: when full, the object that no record told of for longest goes. What ended stays known for that long, as
/// the other side may be told of later.
/// </summary>
internal sealed class IpcTable(ProcessTable processes, int capacity = IpcTable.DefaultCapacity)
{
    internal const int DefaultCapacity = 8_192;

    /// <summary>Most peers that an event names.</summary>
    internal const int MaxPeers = 8;

    private readonly Dictionary<IpcObjectKey, IpcObject> _objects = [];
    private readonly Stack<IpcObject> _free = new();
    private readonly IpcPeer[] _peers = new IpcPeer[MaxPeers];
    private IpcObject? _oldest;
    private IpcObject? _newest;
    private int _count;

    /// <summary>Objects known.</summary>
    internal int Count => _objects.Count;

    /// <summary>Takes what a record tells of an object, and says who is at its other end. Valid until the next call.</summary>
    internal ReadOnlySpan<IpcPeer> Apply(EventKind kind, IpcRecord record, Container? container)
    {
        ref readonly IpcLayout ipc = ref record.Fields;
        var self = new ProcessKey(ipc.Hdr.Tgid, ipc.Hdr.StartNs);
        _count = 0;
        if (ipc.Inode == 0 && ipc.Id < 0)
        {
            return default;
        }

        IpcObject found = Touch(IpcObjectKey.Of(ipc));
        if (ipc.Type == IpcType.Unix && ipc.PeerInode != 0)
        {
            Link(found, found.Key with { Number = ipc.PeerInode });
        }

        Enter(found, kind, ipc, new IpcEnd { Key = self, Role = ipc.Role, Name = ipc.Actor.Comm, Container = container });
        Collect(found, self, ipc);
        if (_count == 0 && ipc.PeerPid != 0)
        {
            AddByPid(ipc.PeerPid, self);
        }

        return _peers.AsSpan(0, _count);
    }

    /// <summary>Who uses it is there; who only opened it is where that takes two who do it.</summary>
    private static void Enter(IpcObject found, EventKind kind, in IpcLayout ipc, IpcEnd end)
    {
        bool isOpen = kind == EventKind.IpcOpen;
        bool isUsed = ipc.MessagesSent != 0 || ipc.MessagesReceived != 0 || kind == EventKind.IpcUse;
        if (isOpen && ipc.Type is IpcType.Fifo or IpcType.PosixMq or IpcType.PosixShm)
        {
            found.BeginAnew();
        }

        if (kind == EventKind.IpcClose && !isUsed && ipc.Type is IpcType.Pipe or IpcType.Unix)
        {
            found.Remove(end.Key, end.Role);
            return;
        }

        end.HasEnded = kind == EventKind.IpcClose;
        if (isUsed || (isOpen && ipc.Result >= 0 && ipc.Type is not (IpcType.Pipe or IpcType.SysvShm or IpcType.SysvMsg or IpcType.SysvSem))
            || (kind == EventKind.IpcClose && ipc.Type is not (IpcType.SysvShm or IpcType.SysvMsg or IpcType.SysvSem)))
        {
            found.Put(end);
        }
    }

    private void Collect(IpcObject found, ProcessKey self, in IpcLayout ipc)
    {
        if (ipc.Type == IpcType.Unix)
        {
            foreach (IpcObjectKey link in found.Links)
            {
                if (_objects.TryGetValue(link, out IpcObject? other))
                {
                    Add(other, self, IpcRole.None);
                }
            }

            return;
        }

        Add(found, self, ipc.Role);
    }

    /// <summary>Those who are still there first.</summary>
    private void Add(IpcObject found, ProcessKey self, IpcRole role)
    {
        for (int round = 0; round < 2; round++)
        {
            foreach (IpcEnd end in found.Ends)
            {
                bool faces = role is not (IpcRole.Reader or IpcRole.Writer) || end.Role != role;
                if (end.HasEnded == (round == 1) && end.Key != self && faces)
                {
                    Add(new IpcPeer(end.Key, end.Name, end.Container));
                }
            }
        }
    }

    private void Add(in IpcPeer peer)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_peers[i].Key == peer.Key)
            {
                return;
            }
        }

        if (_count < MaxPeers)
        {
            _peers[_count++] = peer;
        }
    }

    /// <summary>The kernel's word, when no record told of anybody there.</summary>
    private void AddByPid(uint pid, ProcessKey self)
    {
        if (pid == self.Pid)
        {
            return;
        }

        if (!processes.TryGetLatest(pid, out Process? process))
        {
            Add(new IpcPeer(new ProcessKey(pid, 0), default, null));
            return;
        }

        TaskComm name = default;
        ReadOnlySpan<byte> text = process.Image is { } image ? image.Name : default;
        text[..Math.Min(text.Length, RecordAbi.CommLength)].CopyTo(name);
        Add(new IpcPeer(process.Key, name, process.Container));
    }

    private void Link(IpcObject one, IpcObjectKey other)
    {
        one.Link(other);
        Touch(other).Link(one.Key);
    }

    private IpcObject Touch(IpcObjectKey key)
    {
        if (_objects.TryGetValue(key, out IpcObject? found))
        {
            Unlink(found);
        }
        else
        {
            if (_objects.Count >= capacity && _oldest is { } victim)
            {
                Forget(victim);
            }

            found = _free.Count > 0 ? _free.Pop() : new IpcObject();
            found.Key = key;
            _objects.Add(key, found);
        }

        found.Previous = _newest;
        if (_newest is { } last)
        {
            last.Next = found;
        }

        _newest = found;
        _oldest ??= found;
        return found;
    }

    private void Unlink(IpcObject found)
    {
        if (found.Previous is { } previous)
        {
            previous.Next = found.Next;
        }
        else
        {
            _oldest = found.Next;
        }

        if (found.Next is { } next)
        {
            next.Previous = found.Previous;
        }
        else
        {
            _newest = found.Previous;
        }

        (found.Previous, found.Next) = (null, null);
    }

    private void Forget(IpcObject found)
    {
        Unlink(found);
        _objects.Remove(found.Key);
        found.Reset();
        _free.Push(found);
    }
}
