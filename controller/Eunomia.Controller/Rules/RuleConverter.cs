using Eunomia.Controller.Rules.Files;

namespace Eunomia.Controller.Rules;

/// <summary>Makes our TOML of a rule file of any format.</summary>
public static class RuleConverter
{
    /// <summary>The text; null when something in the file cannot be read, which is told.</summary>
    public static string? Convert(string path, out IReadOnlyList<RuleDiagnostic> diagnostics)
    {
        var found = new DiagnosticList();
        IReadOnlyList<Definition> definitions = RuleFile.Read(path, found);
        diagnostics = found.All;
        return found.Errors == 0 ? RuleToml.Write(definitions) : null;
    }
}
