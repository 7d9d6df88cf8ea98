namespace Eunomia.Core.Rules.Enforcement;

/// <summary>A condition that the kernel cannot decide.</summary>
internal sealed class ReductionException(string message) : Exception(message);
