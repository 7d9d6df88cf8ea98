namespace Eunomia.Core.Output;

/// <summary>Which members a security event has, and where they stand in its record: one for each call.</summary>
/// <param name="Name">The call's name.</param>
internal sealed record CallDecoder(string Name)
{
    /// <summary>Which argument says what to do, counted from 0, and what the numbers there are called.</summary>
    internal (int Argument, Func<uint, string?> Names)? Operation { get; init; }

    /// <summary>What the call's flags are called; null: it has none.</summary>
    internal (ulong Bits, string Name)[]? Flags { get; init; }

    /// <summary>Whether there are attributes of a mount.</summary>
    internal bool HasAttributes { get; init; }

    /// <summary>Whether other attributes are cleared, and propagation may be set.</summary>
    internal bool ClearsAttributes { get; init; }

    /// <summary>The argument that is a descriptor, counted from 0; -1: none is.</summary>
    internal int Descriptor { get; init; } = -1;

    /// <summary>Whether the name in the tail is that of a type.</summary>
    internal bool NamesType { get; init; }

    /// <summary>Whether the descriptor's path is what is mounted.</summary>
    internal bool MountsDescriptor { get; init; }

    /// <summary>The ids that are asked for, in the order of the arguments.</summary>
    internal string[] Requested { get; init; } = [];
}
