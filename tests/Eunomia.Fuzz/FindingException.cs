using System.Diagnostics.CodeAnalysis;

namespace Eunomia.Fuzz;

/// <summary>What must always hold did not.</summary>
public sealed class FindingException(string message) : Exception(message)
{
    /// <summary>Fails unless it holds.</summary>
    public static void Unless([DoesNotReturnIf(false)] bool holds, string what)
    {
        if (!holds)
        {
            throw new FindingException(what);
        }
    }
}
