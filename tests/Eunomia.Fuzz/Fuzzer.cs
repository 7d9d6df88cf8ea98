using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Eunomia.Fuzz.Mutation;
using Eunomia.Fuzz.Targets;

namespace Eunomia.Fuzz;

/// <summary>Mutates inputs of a pool that grows by those with new outcomes, until the time is over or one is a finding.</summary>
internal sealed class Fuzzer(IFuzzTarget target, FuzzSettings settings)
{
    private const int LargestPool = 4_000;
    private const long MostAllocated = 256L << 20;
    private const long MostKept = 256L << 20;
    private const int CheckHeapEvery = 20_000;
    private const int HungLooks = 20;
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly Mutator _mutator = new(new Random(settings.Seed));
    private readonly ShapeSet _shapes = new();
    private readonly List<byte[]> _pool = [];
    private readonly Lock _lock = new();
    private byte[] _current = [];
    private long _startedAt;
    private long _seenAt;
    private int _looks;
    private long _runs;
    private int _new;

    /// <summary>True when nothing was found.</summary>
    public bool Run()
    {
        using var watchdog = new Timer(_ => EndWhenHung(), null, Look, Look);
        long begin = Stopwatch.GetTimestamp();
        if (!Seeds().All(seed => TryOne(seed, isSeed: true)))
        {
            return false;
        }
        int seeds = _pool.Count;
        while (Stopwatch.GetElapsedTime(begin) < settings.Duration)
        {
            byte[] input = target.Mutate(_mutator, _mutator.Pick(_pool), _mutator.Pick(_pool));
            if (!TryOne(input, isSeed: false))
            {
                return false;
            }
        }
        double rate = _runs / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{target.Name}: {_runs} runs, {rate:F0} per second, {seeds} seeds, {_new} new inputs, {_shapes.Count} shapes"));
        return true;
    }

    private IEnumerable<byte[]> Seeds()
    {
        IEnumerable<string> kept = settings.Corpora.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal));
        return target.Seeds().Concat(kept.Select(File.ReadAllBytes));
    }

    private bool TryOne(byte[] input, bool isSeed)
    {
        string? wrong = RunOnce(input);
        if (wrong is not null)
        {
            Console.WriteLine($"{target.Name}: {wrong}\n{target.Name}: kept in {Keep(input, settings.Findings)}");
            return false;
        }
        bool isNew = _shapes.TakeNews() && !isSeed;
        _new += isNew ? 1 : 0;
        if (isNew && settings.Corpora.Count > 0)
        {
            Keep(input, settings.Corpora[0]);
        }
        if (isNew || isSeed)
        {
            AddToPool(input);
        }
        return true;
    }

    /// <summary>When it is full, the newer one takes the place of any other.</summary>
    private void AddToPool(byte[] input)
    {
        if (_pool.Count < LargestPool)
        {
            _pool.Add(input);
        }
        else
        {
            _pool[_mutator.Random.Next(_pool.Count)] = input;
        }
    }

    /// <summary>What is wrong with what came of it.</summary>
    private string? RunOnce(byte[] input)
    {
        lock (_lock)
        {
            (_current, _startedAt) = (input, Stopwatch.GetTimestamp());
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Run(input, _shapes);
        }
        catch (Exception error)
        {
            return error.ToString();
        }
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        TimeSpan took = Stopwatch.GetElapsedTime(_startedAt);
        _runs++;
        if (allocated > MostAllocated)
        {
            return $"{input.Length} bytes made it allocate {allocated >> 20} MiB";
        }
        if (took > Slow && IsSlow(input))
        {
            return $"{input.Length} bytes took {took.TotalSeconds:F1} s";
        }
        long kept = _runs % CheckHeapEvery == 0 ? GC.GetTotalMemory(forceFullCollection: true) : 0;
        return kept > MostKept ? $"{kept >> 20} MiB are in use after {_runs} runs" : null;
    }

    /// <summary>Another process may have had the CPU: it is slow only if it is always.</summary>
    private bool IsSlow(byte[] input)
    {
        for (int n = 0; n < 3; n++)
        {
            long begin = Stopwatch.GetTimestamp();
            target.Run(input, _shapes);
            if (Stopwatch.GetElapsedTime(begin) < Slow)
            {
                return false;
            }
        }
        return true;
    }

    private void EndWhenHung()
    {
        lock (_lock)
        {
            // Looks are counted, not time: a machine that stood still is no finding.
            _looks = _startedAt != 0 && _startedAt == _seenAt ? _looks + 1 : 0;
            _seenAt = _startedAt;
            if (_looks >= HungLooks)
            {
                Console.WriteLine($"{target.Name}: does not end\n{target.Name}: kept in {Keep(_current, settings.Findings)}");
                Environment.Exit(1);
            }
        }
    }

    private string Keep(byte[] input, string folder)
    {
        Directory.CreateDirectory(folder);
        string name = Convert.ToHexStringLower(SHA256.HashData(input))[..16];
        string path = Path.Combine(folder, folder == settings.Findings ? $"{target.Name}-{name}" : name);
        File.WriteAllBytes(path, input);
        return path;
    }
}
