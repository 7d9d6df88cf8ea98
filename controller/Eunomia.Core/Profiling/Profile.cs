using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using Eunomia.Core.Events;
using Eunomia.Core.Processes;

namespace Eunomia.Core.Profiling;

/// <summary>
/// Samples summed up by process and stacks. Bounded: a stack that finds no room is counted with its process's
/// <see cref="StackSamples.IsOther"/>, a process that finds none with one that belongs to nobody, so that the totals stay
/// true. When half of the stacks are used up, a process finds no room beyond a sixteenth. Not for several threads.
/// </summary>
/// <param name="stacks">The most different stacks, not counting one for the others of each process.</param>
/// <param name="processes">The most processes.</param>
public sealed class Profile(int stacks = 65_536, int processes = 16_384)
{
    private readonly Dictionary<StackSamples, StackSamples> _stacks = new(new ByContent());
    private readonly Dictionary<int, StackSamples> _others = [];
    private readonly Dictionary<ProcessKey, ProfiledProcess> _current = [];
    private readonly List<ProfiledProcess> _processes = [];
    private ProfiledProcess? _nobody;
    private int _lastId;

    /// <summary>All samples.</summary>
    public ulong Samples { get; private set; }

    /// <summary>All stacks, in no order.</summary>
    public IEnumerable<StackSamples> Stacks => _stacks.Values.Concat(_others.Values);

    /// <summary>All processes.</summary>
    public IReadOnlyList<ProfiledProcess> Processes => _processes;

    /// <summary>Adds an event of kind <see cref="EventKind.PerfSample"/>.</summary>
    public StackSamples AddSample(in EventView e)
    {
        PerfSampleRecord sample = e.Record.AsPerfSample();
        ProfiledProcess process = Find(e);
        StackSamples stack = Find(process, sample.Kernel, sample.User);
        stack.Add(e, sample.Fields.WeightNs);
        process.Samples++;
        Samples++;
        return stack;
    }

    /// <summary>Adds an event of kind <see cref="EventKind.PerfCounters"/>.</summary>
    public void AddCounters(in EventView e) => Find(e).Add(e.Record.AsPerfCounters());

    /// <summary>
    /// Forgets stacks and sums, for who tells of an interval at a time; processes too when half of their room is used up.
    /// Their numbers are not used again.
    /// </summary>
    public void Forget()
    {
        _stacks.Clear();
        _others.Clear();
        foreach (ProfiledProcess process in _processes)
        {
            process.Stacks = 0;
        }

        if (_processes.Count > processes / 2)
        {
            _processes.Clear();
            _current.Clear();
        }
    }

    private StackSamples Find(ProfiledProcess process, ReadOnlySpan<ulong> kernel, ReadOnlySpan<ulong> user)
    {
        var key = new StackKey(process, kernel, user);
        if (_stacks.GetAlternateLookup<StackKey>().TryGetValue(key, out StackSamples? known))
        {
            return known;
        }

        if (HasRoom(process))
        {
            process.Stacks++;
            var stack = new StackSamples(process, kernel.ToArray(), user.ToArray(), isOther: false);
            _stacks.Add(stack, stack);
            return stack;
        }

        ref StackSamples? other = ref CollectionsMarshal.GetValueRefOrAddDefault(_others, process.Id, out _);
        return other ??= new StackSamples(process, [], [], isOther: true);
    }

    private bool HasRoom(ProfiledProcess process) => process != _nobody && _stacks.Count < stacks
        && (_stacks.Count < stacks / 2 || process.Stacks < Math.Max(1, stacks / 16));

    private ProfiledProcess Find(in EventView e)
    {
        ref readonly RecordHeader header = ref e.Record.Header;
        var key = new ProcessKey(header.Tgid, header.StartNs);
        ReadOnlySpan<byte> bytes = e.Image is { } image ? image.Name : e.Record.Actor.Comm.Text;
        Span<char> name = stackalloc char[RecordAbi.CommLength];
        name = name[..Encoding.UTF8.GetChars(bytes[..Math.Min(bytes.Length, name.Length)], name)];
        if (_current.TryGetValue(key, out ProfiledProcess? known) && name.SequenceEqual(known.Name) && known.Container == e.Container)
        {
            return known;
        }

        if (_processes.Count >= processes)
        {
            return known ?? (_nobody ??= new ProfiledProcess(0, default, "[other]", null));
        }

        var process = new ProfiledProcess(++_lastId, key, name.ToString(), e.Container);
        _processes.Add(process);
        _current[key] = process;
        return process;
    }

    private readonly ref struct StackKey(ProfiledProcess process, ReadOnlySpan<ulong> kernel, ReadOnlySpan<ulong> user)
    {
        public ProfiledProcess Process { get; } = process;

        public ReadOnlySpan<ulong> Kernel { get; } = kernel;

        public ReadOnlySpan<ulong> User { get; } = user;
    }

    private sealed class ByContent : IEqualityComparer<StackSamples>, IAlternateEqualityComparer<StackKey, StackSamples>
    {
        public bool Equals(StackSamples? x, StackSamples? y) => x == y;

        public bool Equals(StackKey alternate, StackSamples other) =>
            other.Process == alternate.Process && other.Is(alternate.Kernel, alternate.User);

        public int GetHashCode([DisallowNull] StackSamples obj) =>
            Hash(obj.Process, (ulong[])obj.Kernel, (ulong[])obj.User);

        public int GetHashCode(StackKey alternate) => Hash(alternate.Process, alternate.Kernel, alternate.User);

        public StackSamples Create(StackKey alternate) =>
            new(alternate.Process, alternate.Kernel.ToArray(), alternate.User.ToArray(), isOther: false);

        private static int Hash(ProfiledProcess process, ReadOnlySpan<ulong> kernel, ReadOnlySpan<ulong> user)
        {
            var hash = default(HashCode);
            hash.Add(process.Id);
            hash.Add(kernel.Length);
            hash.AddBytes(MemoryMarshal.AsBytes(kernel));
            hash.AddBytes(MemoryMarshal.AsBytes(user));
            return hash.ToHashCode();
        }
    }
}
