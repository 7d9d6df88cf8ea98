namespace Eunomia.Controller.Rules.Files;

/// <summary>What a format calls things, and how strict it is.</summary>
internal sealed record DefinitionKeys
{
    public static DefinitionKeys Toml { get; } = new()
    {
        List = "name",
        Macro = "name",
        Rule = "name",
        Description = "description",
        Exceptions = "exception",
        Comparisons = "comparisons",
        IsToml = true,
    };

    public static DefinitionKeys Yaml { get; } = new()
    {
        List = "list",
        Macro = "macro",
        Rule = "rule",
        Description = "desc",
        Exceptions = "exceptions",
        Comparisons = "comps",
    };

    public required string List { get; init; }

    public required string Macro { get; init; }

    public required string Rule { get; init; }

    public required string Description { get; init; }

    public required string Exceptions { get; init; }

    public required string Comparisons { get; init; }

    /// <summary>Ours: keys that are not known are errors, and there are keys that Falco does not have.</summary>
    public bool IsToml { get; init; }

    /// <summary>Keys that may be appended to; the others can only be replaced.</summary>
    public string[] Appendable => IsToml
        ? ["condition", "output", Description, "tags", "fix", "actions", Exceptions]
        : ["condition", "output", Description, "tags", Exceptions];

    /// <summary>Keys that may be replaced.</summary>
    public string[] Replaceable => IsToml
        ? [.. Appendable, "priority", "enabled", "warn_evttypes", "skip-if-unknown-filter"]
        : [.. Appendable, "priority", "enabled", "warn_evttypes", "skip-if-unknown-filter", "capture", "capture_duration"];

    /// <summary>The name that a key has in TOML.</summary>
    public string Canonical(string key) => key == Description ? Toml.Description : key == Exceptions ? Toml.Exceptions : key;
}
