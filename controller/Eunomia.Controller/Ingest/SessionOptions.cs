using Eunomia.Controller.Captures;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Syscalls;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Ingest;

/// <summary>What a session subscribes to, and how long it waits.</summary>
public sealed record SessionOptions
{
    /// <summary>Which events reach each of the outputs; at most <see cref="EventRoute.Most"/>.</summary>
    public required IReadOnlyList<EventFilter> Filters { get; init; }

    /// <summary>The kinds that are asked of the kernel: those that any output wants, unless something narrower is said.</summary>
    public EventKindSet Kinds =>
        Narrowed ?? Filters.Aggregate(default(EventKindSet), (kinds, filter) => kinds.Union(filter.Kinds));

    /// <summary>What is asked of the kernel where that changes while the session runs; null = what the outputs want.</summary>
    public SubscriptionDemand? Demand { get; init; }

    /// <summary>Of a demand: what it was when a subscription was made.</summary>
    internal EventKindSet? Narrowed { get; init; }

    /// <summary>
    /// Families that the wanted kinds come from. That of processes is attached anyway: it tells what runs, and whose
    /// descendant it is.
    /// </summary>
    public IReadOnlyList<Family> Families => KindFamilies.Of(Kinds);

    /// <summary>Whether files are told by the path as passed only, which costs the kernel less.</summary>
    public bool RawPaths { get; init; }

    /// <summary>How often is told what is only counted: totals of open files, system calls.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Which system calls are counted, or shown one by one.</summary>
    public SyscallSelection Syscalls { get; init; } = SyscallSelection.Everything;

    /// <summary>Whether it is measured how long system calls take.</summary>
    public bool SyscallLatency { get; init; }

    /// <summary>Whether calls that a seccomp filter answered are told apart.</summary>
    public bool SyscallRefused { get; init; }

    /// <summary>Ticks per second and CPU at which is looked where processes are.</summary>
    public int PerfFrequency { get; init; } = 49;

    /// <summary>How long a UDP flow without a datagram is still one.</summary>
    public TimeSpan UdpIdle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Ports whose traffic is DNS; none = 53.</summary>
    public IReadOnlyList<int> DnsPorts { get; init; } = [];

    /// <summary>Whether events carry their process's ancestors.</summary>
    public bool Ancestors { get; init; }

    /// <summary>Whether names of users and groups are found out.</summary>
    public bool Accounts { get; init; }

    /// <summary>Environment variables wanted in exec events.</summary>
    public IReadOnlyList<string> EnvironmentNames { get; init; } = [];

    /// <summary>Where what is received is written down too; null = nowhere.</summary>
    public ICaptureSink? Capture { get; init; }

    /// <summary>What events say of where they come from.</summary>
    public required string Hostname { get; init; }

    /// <summary>How long the first batch may take: the collector loads and attaches its programs meanwhile.</summary>
    public TimeSpan AttachTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long each batch may take after Unsubscribe.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a lost collector is looked for; infinite is possible. One that died often waits 5 s before it starts anew, and a
    /// slow machine takes as long again to load its programs.</summary>
    public TimeSpan ReconnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause between two attempts to reach a lost collector.</summary>
    public TimeSpan ReconnectPause { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The shortest time between two listings of what runs, after life-cycle records were lost.</summary>
    public TimeSpan RelistPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the end waits for answers about containers.</summary>
    public TimeSpan InspectionTimeout { get; init; } = TimeSpan.FromSeconds(1);
}
