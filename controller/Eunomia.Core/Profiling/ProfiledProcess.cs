using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Processes;

namespace Eunomia.Core.Profiling;

/// <summary>A process with one program: after an exec its addresses mean something else, so it is another one.</summary>
public sealed class ProfiledProcess
{
    private readonly ulong?[] _counts = new ulong?[RecordAbi.PerfCounterSlots];

    internal ProfiledProcess(int id, ProcessKey key, string name, Container? container) =>
        (Id, Key, Name, Container) = (id, key, name, container);

    /// <summary>Tells it apart from all others of a profile; from 1 on.</summary>
    public int Id { get; }

    /// <summary>Whether it stands for those that there was no room for.</summary>
    public bool IsNobody => Id == 0;

    /// <summary>Which one.</summary>
    public ProcessKey Key { get; }

    /// <summary>What it runs.</summary>
    public string Name { get; }

    /// <summary>Where, or null for the host.</summary>
    public Container? Container { get; }

    /// <summary>Samples.</summary>
    public ulong Samples { get; internal set; }

    /// <summary>CPU time as the scheduler accounts it.</summary>
    public ulong CpuNs { get; private set; }

    /// <summary>Switches because it waited.</summary>
    public ulong VoluntarySwitches { get; private set; }

    /// <summary>Switches because something else had to run.</summary>
    public ulong InvoluntarySwitches { get; private set; }

    /// <summary>Faults for pages that were in memory.</summary>
    public ulong MinorFaults { get; private set; }

    /// <summary>Faults for pages that were not.</summary>
    public ulong MajorFaults { get; private set; }

    /// <summary>How often it went to another CPU.</summary>
    public ulong Migrations { get; private set; }

    /// <summary>The beginning of its JSON, as a writer made it.</summary>
    public byte[] Head { get; set; } = [];

    /// <summary>Since the beginning; null when that does not count here.</summary>
    public ulong? Count(PerfCounter counter) => _counts[(int)counter];

    /// <summary>Its different stacks.</summary>
    internal int Stacks { get; set; }

    internal void Add(PerfCountersRecord record)
    {
        ref readonly PerfCountersLayout used = ref record.Fields;
        CpuNs += used.CpuNs;
        VoluntarySwitches += used.VoluntarySwitches;
        InvoluntarySwitches += used.InvoluntarySwitches;
        MinorFaults += used.MinorFaults;
        MajorFaults += used.MajorFaults;
        Migrations += used.Migrations;
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] = record.Count((PerfCounter)i) is { } count ? (_counts[i] ?? 0) + count : _counts[i];
        }
    }
}
