namespace Eunomia.Core.Profiling;

/// <summary>A frame with what it called: a profile with its names, from the outermost frame on.</summary>
public sealed class FlameNode
{
    private const int ShortIdLength = 12;
    private readonly Dictionary<(string Name, bool IsKernel), FlameNode> _children = [];

    private FlameNode(string name, bool isKernel, string module) => (Name, IsKernel, Module) = (name, isKernel, module);

    /// <summary>Function, or what else is known; of the outer ones a container and a process.</summary>
    public string Name { get; }

    /// <summary>Whether it is a frame of the kernel.</summary>
    public bool IsKernel { get; }

    /// <summary>File that it is from; empty when unknown.</summary>
    public string Module { get; }

    /// <summary>Samples in it or in what it called.</summary>
    public ulong Total { get; private set; }

    /// <summary>Samples in it itself.</summary>
    public ulong Self { get; private set; }

    /// <summary>What it called, by name.</summary>
    public IEnumerable<FlameNode> Children => _children.Values.OrderBy(child => child.Name, StringComparer.Ordinal).ThenBy(child => child.IsKernel);

    /// <summary>The tree of a profile: container, process, its own frames, the kernel's.</summary>
    public static FlameNode Of(Profile profile, SymbolCache symbols)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(symbols);
        var root = new FlameNode("all", false, "");
        foreach (StackSamples stack in profile.Stacks)
        {
            root.Add(stack, symbols);
        }

        return root;
    }

    private void Add(StackSamples stack, SymbolCache symbols)
    {
        ProfiledProcess process = stack.Process;
        Total += stack.Count;
        FlameNode node = Child(PlaceName(process), false, "", stack.Count).Child(process.Name, false, "", stack.Count);
        for (int i = stack.User.Count - 1; i >= 0; i--)
        {
            node = node.Child(symbols.Find(process, stack.User, i), false, stack.Count);
        }

        for (int i = stack.Kernel.Count - 1; i >= 0; i--)
        {
            node = node.Child(symbols.Find(null, stack.Kernel, i), true, stack.Count);
        }

        if (stack.User.Count + stack.Kernel.Count == 0)
        {
            node = node.Child(stack.IsOther ? FrameName.Other : FrameName.Unknown, false, "", stack.Count);
        }

        node.Self += stack.Count;
    }

    private static string PlaceName(ProfiledProcess process) => process.Container is not { } container
        ? "host"
        : container.Name ?? (container.Id.Length > ShortIdLength && Containers.Hex.Is(container.Id) ? container.Id[..ShortIdLength] : container.Id);

    private FlameNode Child(Symbol? symbol, bool isKernel, ulong count) =>
        Child(FrameName.Of(symbol), isKernel, FrameName.Module(symbol), count);

    private FlameNode Child(string name, bool isKernel, string module, ulong count)
    {
        if (!_children.TryGetValue((name, isKernel), out FlameNode? child))
        {
            _children[(name, isKernel)] = child = new FlameNode(name, isKernel, module);
        }

        child.Total += count;
        return child;
    }
}
