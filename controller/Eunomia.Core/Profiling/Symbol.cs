namespace Eunomia.Core.Profiling;

/// <summary>What stands at an address.</summary>
/// <param name="Function">As the symbol table has it, so it may be mangled; null when nothing is known of it.</param>
/// <param name="Module">Path of the mapped file in the process's root; <c>[kernel]</c>, <c>[vdso]</c>, <c>[perf-map]</c> or
/// a kernel module; empty when nothing is mapped there.</param>
/// <param name="Offset">Bytes into the function; without one, into the module's file.</param>
public readonly record struct Symbol(string? Function, string Module, ulong Offset);
