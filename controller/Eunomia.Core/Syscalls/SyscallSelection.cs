using System.Diagnostics.CodeAnalysis;

namespace Eunomia.Core.Syscalls;

/// <summary>Which system calls are counted or shown, in both tables of numbers.</summary>
public sealed class SyscallSelection
{
    private const int Abis = 2;
    private const int TextsMax = 2;
    private const int ShapeSize = 4;
    private readonly List<(SyscallAbi Abi, ushort Number, string Name)> _calls = [];

    private SyscallSelection()
    {
    }

    /// <summary>Every call there is.</summary>
    public static SyscallSelection Everything { get; } = new();

    /// <summary>Whether nothing is left out.</summary>
    public bool IsEverything => _calls.Count == 0;

    /// <summary>The names of the calls; empty for everything.</summary>
    public IEnumerable<string> Names => _calls.Select(call => call.Name).Distinct();

    /// <summary>Parses <c>openat,connect</c>.</summary>
    /// <param name="names">Names as in the kernel's tables; each means the call in every table that has it.</param>
    /// <param name="selection">What they select.</param>
    /// <param name="unknown">The first that no table has.</param>
    public static bool TryCreate(
        IEnumerable<string> names,
        [NotNullWhen(true)] out SyscallSelection? selection,
        [NotNullWhen(false)] out string? unknown)
    {
        ArgumentNullException.ThrowIfNull(names);
        var found = new SyscallSelection();
        foreach (string name in names)
        {
            int before = found._calls.Count;
            found.Add(SyscallAbi.Native, name);
            found.Add(SyscallAbi.Compat, name);
            if (found._calls.Count == before)
            {
                (selection, unknown) = (null, name);
                return false;
            }
        }

        (selection, unknown) = (found, null);
        return true;
    }

    /// <summary>This and the other together.</summary>
    public SyscallSelection Union(SyscallSelection other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (IsEverything || other.IsEverything)
        {
            return Everything;
        }

        var union = new SyscallSelection();
        union._calls.AddRange(_calls.Union(other._calls));
        return union;
    }

    /// <summary>Whether the call is among them.</summary>
    public bool Contains(SyscallAbi abi, ushort number) => IsEverything
        || _calls.Exists(call => call.Number == number && (call.Abi == SyscallAbi.Compat) == (abi == SyscallAbi.Compat));

    /// <summary>A bit set of numbers per ABI, as the collector takes it: 128 bytes; empty for everything.</summary>
    public byte[] ToBitSets()
    {
        if (IsEverything)
        {
            return [];
        }

        byte[] sets = new byte[Abis * SyscallNames.Numbers / 8];
        foreach ((SyscallAbi abi, ushort number, _) in _calls)
        {
            sets[((int)abi * SyscallNames.Numbers / 8) + (number / 8)] |= (byte)(1 << (number % 8));
        }

        return sets;
    }

    /// <summary>Which arguments the kernel side has to read, <c>struct eu_shape</c> by ABI and number: 4096 bytes.</summary>
    public byte[] ToShapes()
    {
        byte[] shapes = new byte[Abis * SyscallNames.Numbers * ShapeSize];
        foreach ((SyscallAbi abi, ushort number, string name) in IsEverything ? AllCalls() : _calls)
        {
            int at = (((int)abi * SyscallNames.Numbers) + number) * ShapeSize;
            WriteShape(shapes.AsSpan(at, ShapeSize), SyscallSignatures.Find(abi, name) ?? []);
        }

        return shapes;
    }

    private static void WriteShape(Span<byte> shape, IReadOnlyList<Argument> arguments)
    {
        int texts = 0;
        for (int i = 0; i < arguments.Count; i++)
        {
            if (arguments[i].Type == ArgumentType.Text && texts < TextsMax)
            {
                shape[texts++] = (byte)(i + 1);
            }
            else if (arguments[i].Type == ArgumentType.Address)
            {
                (shape[2], shape[3]) = ((byte)(i + 1), (byte)(i + 2));
            }
        }
    }

    private static IEnumerable<(SyscallAbi Abi, ushort Number, string Name)> AllCalls()
    {
        foreach (string name in SyscallNames.All)
        {
            foreach (SyscallAbi abi in (SyscallAbi[])[SyscallAbi.Native, SyscallAbi.Compat])
            {
                if (SyscallNames.Number(abi, name) is { } number)
                {
                    yield return (abi, number, name);
                }
            }
        }
    }

    private void Add(SyscallAbi abi, string name)
    {
        if (SyscallNames.Number(abi, name) is { } number && !Contains(abi, number, name))
        {
            _calls.Add((abi, number, name));
        }
    }

    private bool Contains(SyscallAbi abi, ushort number, string name) => _calls.Contains((abi, number, name));
}
