using Eunomia.Core.Rules;

namespace Eunomia.Controller.Rules.Files;

/// <summary>What a scalar is, as far as its format says.</summary>
internal enum ScalarKind
{
    /// <summary>A text, whatever it looks like.</summary>
    Text,

    /// <summary>Not in quotes, in a format where that may be anything.</summary>
    Plain,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>Something else: a number, a date.</summary>
    Other,
}

/// <summary>A value in a file of any format.</summary>
internal abstract record FileNode(SourcePosition Position)
{
    /// <summary>For messages.</summary>
    public abstract string Kind { get; }
}

/// <summary>A single value.</summary>
internal sealed record ScalarNode(SourceText Text, ScalarKind Form) : FileNode(Text.Position)
{
    public override string Kind => IsNull ? "nothing" : Form switch { ScalarKind.Boolean => "true or false", ScalarKind.Other => "a number or date", _ => "a text" };

    /// <summary>YAML's word for nothing.</summary>
    public bool IsNull => Form == ScalarKind.Plain && Text.Text is "" or "~" or "null" or "Null" or "NULL";
}

/// <summary>Values in order.</summary>
internal sealed record ListNode(SourcePosition Position, IReadOnlyList<FileNode> Items) : FileNode(Position)
{
    public override string Kind => "a list";
}

/// <summary>Keys with values, in order.</summary>
internal sealed record MapNode(SourcePosition Position, IReadOnlyList<(SourceText Key, FileNode Value)> Entries) : FileNode(Position)
{
    public override string Kind => "a table of keys";
}

/// <summary>A file that is not of its format.</summary>
internal sealed class FileSyntaxException(SourcePosition position, string message) : Exception(message)
{
    public SourcePosition Position { get; } = position;
}
