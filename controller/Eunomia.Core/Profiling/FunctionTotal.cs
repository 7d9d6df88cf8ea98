namespace Eunomia.Core.Profiling;

/// <summary>What a process spent in one function.</summary>
public sealed class FunctionTotal
{
    private StackSamples? _last;

    private FunctionTotal(ProfiledProcess process, string name, string module) => (Process, Name, Module) = (process, name, module);

    /// <summary>Whose.</summary>
    public ProfiledProcess Process { get; }

    /// <summary>Function, or what else is known; the kernel's end in <c>_[k]</c>.</summary>
    public string Name { get; }

    /// <summary>File that it is from; empty when unknown.</summary>
    public string Module { get; }

    /// <summary>Samples in it itself.</summary>
    public ulong Self { get; private set; }

    /// <summary>Samples in it or in what it called.</summary>
    public ulong Total { get; private set; }

    /// <summary>All functions of a profile; those that took most themselves first.</summary>
    public static IReadOnlyList<FunctionTotal> Of(Profile profile, SymbolCache symbols)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(symbols);
        Dictionary<(int Process, string Name, string Module), FunctionTotal> rows = [];
        foreach (StackSamples stack in profile.Stacks)
        {
            bool isInnermost = true;
            foreach ((string name, string module) in Frames(stack, symbols))
            {
                if (!rows.TryGetValue((stack.Process.Id, name, module), out FunctionTotal? row))
                {
                    rows[(stack.Process.Id, name, module)] = row = new FunctionTotal(stack.Process, name, module);
                }

                row.Add(stack, isInnermost);
                isInnermost = false;
            }
        }

        return [.. rows.Values.OrderByDescending(row => row.Self).ThenByDescending(row => row.Total).ThenBy(row => row.Name, StringComparer.Ordinal)];
    }

    /// <summary>Innermost first.</summary>
    private static IEnumerable<(string Name, string Module)> Frames(StackSamples stack, SymbolCache symbols)
    {
        for (int i = 0; i < stack.Kernel.Count; i++)
        {
            Symbol? symbol = symbols.Find(null, stack.Kernel, i);
            yield return (FrameName.Of(symbol) + "_[k]", FrameName.Module(symbol));
        }

        for (int i = 0; i < stack.User.Count; i++)
        {
            Symbol? symbol = symbols.Find(stack.Process, stack.User, i);
            yield return (FrameName.Of(symbol), FrameName.Module(symbol));
        }

        if (stack.Kernel.Count + stack.User.Count == 0)
        {
            yield return (stack.IsOther ? FrameName.Other : FrameName.Unknown, "");
        }
    }

    // A function that calls itself stands in a stack several times, and is counted once.
    private void Add(StackSamples stack, bool isInnermost)
    {
        Self += isInnermost ? stack.Count : 0;
        Total += _last == stack ? 0 : stack.Count;
        _last = stack;
    }
}
