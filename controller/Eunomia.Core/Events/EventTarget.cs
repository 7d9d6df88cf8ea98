using Eunomia.Core.Containers;
using Eunomia.Core.Processes;

namespace Eunomia.Core.Events;

/// <summary>The process that something was done to.</summary>
/// <param name="Pid">In the host's pid namespace; 0 = not known, or there is none.</param>
/// <param name="Image">What it runs, or null when that was never seen.</param>
/// <param name="Container">Its container, or null for the host.</param>
public readonly record struct EventTarget(uint Pid, ProcessImage? Image, Container? Container);
