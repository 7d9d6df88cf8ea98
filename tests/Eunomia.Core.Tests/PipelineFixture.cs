using Eunomia.Core.Events;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests;

/// <summary>A pipeline on the tests' host, with everything let through unless a filter says otherwise.</summary>
internal sealed class PipelineFixture
{
    /// <summary>CLOCK_BOOTTIME 0 of the tests: 2026-01-01T00:00:00Z.</summary>
    public const long BootToUnixNs = 1_767_225_600_000_000_000;

    public static readonly EventKindSet Everything = EventKindSet.Of([.. EventKinds.All]);

    public PipelineFixture(EventFilter? filter = null, bool ancestors = false, uint ownRoot = 0)
    {
        Pipeline = new EventPipeline(
            TestHost.Identity with { OwnRoot = ownRoot }, new PipelineOptions([new EventRoute(filter ?? new EventFilter(Everything), Sink)], ancestors), Ledger);
        Pipeline.Containers.ContainerSeen += container => Asked.Add(container.Id);
        Pipeline.ContainerDecided += (_, container, selected) => Decided.Add((container.Id, selected));
    }

    public RecordingSink Sink { get; } = new();

    public Ledger Ledger { get; } = new();

    public EventPipeline Pipeline { get; }

    public RecordBuilder Records { get; } = new();

    /// <summary>Containers announced, by id.</summary>
    public List<string> Asked { get; } = [];

    public List<(string Id, bool Selected)> Decided { get; } = [];

    /// <summary>Applies what was built since the last time.</summary>
    public PipelineFixture Apply()
    {
        Pipeline.Apply(Records.Take(), BootToUnixNs);
        return this;
    }

    /// <summary>Builds and applies.</summary>
    public PipelineFixture Apply(Action<RecordBuilder> build)
    {
        Records.Flags = RecordTraits.None;
        build(Records);
        return Apply();
    }

    /// <summary>Builds and applies records of a snapshot.</summary>
    public PipelineFixture Snapshot(Action<RecordBuilder> build)
    {
        Records.Flags = RecordTraits.Snapshot;
        build(Records);
        Records.Flags = RecordTraits.None;
        return Apply();
    }

    /// <summary>Event names with container ids, shortened to what tells them apart.</summary>
    public string[] Seen() => [.. Sink.Events.Select(e => $"{EventKinds.Name(e.Kind)} {e.ContainerId?[..Math.Min(4, e.ContainerId.Length)] ?? "-"}")];

    public static ContainerSelector Selector(string text) =>
        ContainerSelector.TryParse(text, out ContainerSelector? selector, out string? error)
            ? selector
            : throw new ArgumentException(error, nameof(text));
}
