using Eunomia.Controller.Rules;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Controller.Tests.Rules;

/// <summary>Loads texts as rule files.</summary>
internal static class RuleKit
{
    public const string FileVariable = "EUNOMIA_FALCO_RULES";

    public static LoadedRules Load(params (string Name, string Text)[] files) => Loader(files).Load();

    public static LoadedRules Check(params (string Name, string Text)[] files) => Loader(files).Check();

    public static LoadedRules Yaml(string text) => Load(("r.yaml", text));

    public static LoadedRules Toml(string text) => Load(("r.toml", text));

    public static string[] Said(this LoadedRules loaded) => [.. loaded.Diagnostics.Select(diagnostic => diagnostic.ToString())];

    public static string Print(this Rule rule) => ConditionPrinter.Print(rule.Condition).Replace("\"", "", StringComparison.Ordinal);

    /// <summary>The rule that there is, when nothing was wrong.</summary>
    public static Rule Only(this LoadedRules loaded)
    {
        Assert.True(!loaded.HasErrors, string.Join('\n', loaded.Said()));
        return Assert.Single(loaded.Set.Rules);
    }

    public static RuleLoader Loader(params (string Name, string Text)[] files)
    {
        var loader = new RuleLoader(RuleFields.All);
        foreach ((string name, string text) in files)
        {
            loader.AddText(name, text);
        }
        return loader;
    }
}
