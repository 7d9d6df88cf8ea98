using System.Net;
using Eunomia.Core.Events;

namespace Eunomia.Core.Rules.Enforcement;

/// <summary>What the kernel compares of one operation. All that is given must fit.</summary>
/// <param name="Operation">What is about to be done.</param>
public sealed record KernelMatcher(EnforceOperation Operation)
{
    /// <summary>Path of the program, of exec the new one.</summary>
    public KernelText? Exe { get; init; }

    /// <summary>Path of the file that is opened.</summary>
    public KernelText? Path { get; init; }

    /// <summary>Task name, of exec the new one.</summary>
    public KernelText? Comm { get; init; }

    /// <summary>Real user id.</summary>
    public KernelNumber? Uid { get; init; }

    /// <summary>Network of the peer, of bind its own.</summary>
    public IPNetwork? Network { get; init; }

    /// <summary>Whether the address must not lie in <see cref="Network"/>.</summary>
    public bool IsNetworkNegated { get; init; }

    /// <summary>The first and the last port of a range.</summary>
    public (ushort First, ushort Last)? Ports { get; init; }

    /// <summary>Whether the port must not lie in <see cref="Ports"/>.</summary>
    public bool IsPortNegated { get; init; }
}

/// <summary>A text to compare with.</summary>
/// <param name="Text">All of it, or its beginning.</param>
/// <param name="IsPrefix">Whether more may follow.</param>
/// <param name="IsNegated">Whether it must not fit.</param>
public sealed record KernelText(string Text, bool IsPrefix = false, bool IsNegated = false);

/// <summary>A number to compare with.</summary>
/// <param name="Value">The number.</param>
/// <param name="IsNegated">Whether it must differ.</param>
public sealed record KernelNumber(uint Value, bool IsNegated = false);
