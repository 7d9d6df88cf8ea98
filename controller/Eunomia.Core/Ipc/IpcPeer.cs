using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Processes;

namespace Eunomia.Core.Ipc;

/// <summary>A process at the other end; of a signal its target.</summary>
/// <param name="Key">Which process.</param>
/// <param name="Name">Its task name, as of when it was last seen there.</param>
/// <param name="Container">Its container, or null for the host.</param>
public readonly record struct IpcPeer(ProcessKey Key, TaskComm Name, Container? Container);
