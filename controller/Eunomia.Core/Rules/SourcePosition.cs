namespace Eunomia.Core.Rules;

/// <summary>Where something stands in a rule file.</summary>
/// <param name="File">As it was named; empty for what no file says.</param>
/// <param name="Line">From 1; 0 when not known.</param>
/// <param name="Column">From 1, in characters; 0 when not known.</param>
public readonly record struct SourcePosition(string File, int Line, int Column)
{
    /// <summary>"FILE:LINE:COLUMN", without what is not known.</summary>
    public override string ToString() => Line == 0 ? File : Column == 0 ? $"{File}:{Line}" : $"{File}:{Line}:{Column}";
}
