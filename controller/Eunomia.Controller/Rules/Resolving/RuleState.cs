using Eunomia.Controller.Rules.Files;
using Eunomia.Core.Rules;

namespace Eunomia.Controller.Rules.Resolving;

/// <summary>A rule after all files that say something of it.</summary>
internal sealed class RuleState(RuleDefinition definition)
{
    /// <summary>The source of what this host's kernel says.</summary>
    public const string Syscalls = "syscall";

    public string Name => definition.Name;

    public string Subject => definition.Subject;

    public SourcePosition Position => definition.Position;

    public SourceText? Condition { get; private set; } = definition.Condition;

    public string? Output { get; private set; } = definition.Output?.Text;

    public SourcePosition OutputPosition { get; private set; } = definition.Output?.Position ?? definition.Position;

    public string? Description { get; private set; } = definition.Description?.Text;

    public string? Fix { get; private set; } = definition.Fix?.Text;

    public string Source { get; } = definition.Source?.Text is { Length: > 0 } source ? source : Syscalls;

    public SourcePosition SourcePosition { get; } = definition.Source?.Position ?? definition.Position;

    public RulePriority? Priority { get; private set; } = definition.Priority;

    public IReadOnlyList<string> Tags { get; private set; } = [.. (definition.Tags ?? []).Distinct()];

    public RuleActions Actions { get; private set; } = definition.Actions ?? RuleActions.None;

    public bool IsEnabled { get; private set; } = definition.IsEnabled ?? true;

    public bool WarnsOfEventTypes { get; private set; } = definition.WarnsOfEventTypes ?? true;

    public bool SkipsUnknownFields { get; private set; } = definition.SkipsUnknownFields ?? false;

    public List<ExceptionState> Exceptions { get; private set; } = [.. (definition.Exceptions ?? []).Select(exception => new ExceptionState(exception))];

    /// <summary>Whether something that belongs to it could not be used: then it is left out.</summary>
    public bool IsBroken { get; private set; }

    public void Break() => IsBroken = true;

    /// <summary>Applies a change.</summary>
    public void Change(RuleDefinition change, DiagnosticList diagnostics)
    {
        foreach ((string key, OverrideMode mode) in change.Overrides)
        {
            Change(key, mode == OverrideMode.Append, change, diagnostics);
        }
    }

    private void Change(string key, bool append, RuleDefinition change, DiagnosticList diagnostics)
    {
        switch (key)
        {
            case "condition":
                Condition = append && Condition is not null ? Condition.Append(change.Condition!) : change.Condition;
                break;
            case "output":
                Output = Joined(Output, change.Output, append);
                OutputPosition = change.Output?.Position ?? OutputPosition;
                break;
            case "description":
                Description = Joined(Description, change.Description, append);
                break;
            case "fix":
                Fix = Joined(Fix, change.Fix, append);
                break;
            case "tags":
                Tags = [.. (append ? Tags : []).Concat(change.Tags ?? []).Distinct()];
                break;
            case "actions":
                Actions = (append ? Actions : RuleActions.None) | (change.Actions ?? RuleActions.None);
                break;
            case "exception":
                ChangeExceptions(append, change, diagnostics);
                break;
            default:
                Replace(key, change);
                break;
        }
    }

    private void Replace(string key, RuleDefinition change)
    {
        switch (key)
        {
            case "priority":
                Priority = change.Priority ?? Priority;
                break;
            case "enabled":
                IsEnabled = change.IsEnabled ?? IsEnabled;
                break;
            case "warn_evttypes":
                WarnsOfEventTypes = change.WarnsOfEventTypes ?? WarnsOfEventTypes;
                break;
            case "skip-if-unknown-filter":
                SkipsUnknownFields = change.SkipsUnknownFields ?? SkipsUnknownFields;
                break;
            case "capture":
                Actions = change.Actions ?? Actions;
                break;
        }
    }

    private void ChangeExceptions(bool append, RuleDefinition change, DiagnosticList diagnostics)
    {
        if (!append)
        {
            Exceptions = [];
        }
        foreach (ExceptionDefinition exception in change.Exceptions ?? [])
        {
            ExceptionState? there = append ? Exceptions.Find(known => known.Name == exception.Name) : null;
            if (there is null)
            {
                Exceptions.Add(new ExceptionState(exception));
            }
            else if (exception.Fields is not null || exception.Comparisons is not null)
            {
                diagnostics.Error(
                    exception.Position, change.Subject, $"exception '{exception.Name}' is there already and can only get more values; take fields and comparisons away");
            }
            else
            {
                there.Values.AddRange(exception.Values);
            }
        }
    }

    private static string? Joined(string? before, SourceText? more, bool append) =>
        append && before is { Length: > 0 } ? $"{before} {more?.Text}" : more?.Text;
}

/// <summary>An exception after all files that say something of it.</summary>
internal sealed class ExceptionState(ExceptionDefinition definition)
{
    public string Name => definition.Name;

    public SourcePosition Position => definition.Position;

    public ExceptionEntry? Fields => definition.Fields;

    public ExceptionEntry? Comparisons => definition.Comparisons;

    public List<ExceptionEntry> Values { get; } = [.. definition.Values];
}
