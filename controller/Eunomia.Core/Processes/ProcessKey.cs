namespace Eunomia.Core.Processes;

/// <summary>A process for ever: its pid may come again, its start does not.</summary>
/// <param name="Pid">Pid in the initial namespace (tgid).</param>
/// <param name="StartNs">CLOCK_BOOTTIME of its start; 0 when unknown.</param>
public readonly record struct ProcessKey(uint Pid, ulong StartNs);

/// <summary>A parent, its parent, and so on.</summary>
/// <param name="Key">Which process.</param>
/// <param name="Image">What it runs, or null when that was never seen.</param>
public readonly record struct Ancestor(ProcessKey Key, ProcessImage? Image);
