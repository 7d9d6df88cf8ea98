using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Eunomia.Core.Events;

/// <summary>The dotted names of event kinds: what users write, what JSON and the ledger say.</summary>
public static class EventKinds
{
    private static readonly (EventKind Kind, string Name)[] Table =
    [
        (EventKind.ProcessFork, "process.fork"),
        (EventKind.ProcessExec, "process.exec"),
        (EventKind.ProcessExit, "process.exit"),
        (EventKind.ContainerCreate, "container.create"),
        (EventKind.ContainerStart, "container.start"),
        (EventKind.ContainerExit, "container.exit"),
        (EventKind.CgroupMkdir, "cgroup.mkdir"),
        (EventKind.CgroupRmdir, "cgroup.rmdir"),
    ];

    /// <summary>Every kind with a name.</summary>
    public static IReadOnlyList<EventKind> All { get; } = Array.ConvertAll(Table, row => row.Kind);

    /// <summary>What <c>run process</c> shows when no kinds are chosen: process and container kinds.</summary>
    public static EventKindSet ProcessTracker { get; } = EventKindSet.Of(
        EventKind.ProcessFork, EventKind.ProcessExec, EventKind.ProcessExit,
        EventKind.ContainerCreate, EventKind.ContainerStart, EventKind.ContainerExit);

    /// <summary>The dotted name; <c>kind-N</c> for one that this version does not know.</summary>
    public static string Name(EventKind kind)
    {
        foreach ((EventKind candidate, string name) in Table)
        {
            if (candidate == kind)
            {
                return name;
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"kind-{(int)kind}");
    }

    /// <summary>The kind of a dotted name.</summary>
    public static bool TryGet(ReadOnlySpan<char> name, out EventKind kind)
    {
        foreach ((EventKind candidate, string known) in Table)
        {
            if (name.SequenceEqual(known))
            {
                kind = candidate;
                return true;
            }
        }

        kind = EventKind.None;
        return false;
    }

    /// <summary>Parses <c>process.exec,process.exit</c>; blanks around names are allowed, empty names are not.</summary>
    /// <param name="list">Names separated by commas.</param>
    /// <param name="kinds">The kinds named.</param>
    /// <param name="error">One line that names the first unknown name and what is allowed.</param>
    public static bool TryParse(string list, out EventKindSet kinds, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(list);
        kinds = default;
        foreach (Range range in list.AsSpan().Split(','))
        {
            ReadOnlySpan<char> name = list.AsSpan(range).Trim();
            if (!TryGet(name, out EventKind kind))
            {
                error = name.IsEmpty
                    ? $"empty event name in '{list}'; allowed: {Allowed()}"
                    : $"unknown event '{name}'; allowed: {Allowed()}";
                kinds = default;
                return false;
            }

            kinds = kinds.With(kind);
        }

        error = null;
        return true;
    }

    private static string Allowed() => string.Join(", ", Array.ConvertAll(Table, row => row.Name));
}
