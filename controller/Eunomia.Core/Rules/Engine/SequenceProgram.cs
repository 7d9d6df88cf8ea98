using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Rules.Engine;

/// <summary>A sequence ready to be followed.</summary>
/// <param name="Rule">Fires with the last step.</param>
/// <param name="Index">Its number among the sequences of its set.</param>
/// <param name="Steps">How many steps there are.</param>
/// <param name="WithinNs">From the first to the last.</param>
/// <param name="By">Who must have done all of them.</param>
/// <param name="Same">What must be the same in all of them.</param>
internal sealed record SequenceProgram(CompiledRule Rule, int Index, int Steps, ulong WithinNs, SequenceJoin By, FieldReader[] Same);

/// <summary>One step of it, as it is for one kind of event.</summary>
/// <param name="Sequence">Whose.</param>
/// <param name="Number">From 0.</param>
/// <param name="Condition">When it is taken.</param>
internal readonly record struct SequenceStep(SequenceProgram Sequence, int Number, Node Condition);
