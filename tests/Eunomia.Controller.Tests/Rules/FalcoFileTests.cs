using Eunomia.Controller.Rules;
using Eunomia.Controller.Rules.Files;
using Eunomia.Controller.Rules.Language;
using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Controller.Tests.Rules;

/// <summary>With a rule file of Falco's, which is not ours to keep: its path is in the environment.</summary>
public sealed class FalcoFileTests
{
    [FalcoFact]
    public void Load_ItsRules_AllCanBeUsed()
    {
        LoadedRules loaded = new RuleLoader().Add(FalcoFactAttribute.Path!).Check();
        Assert.DoesNotContain(loaded.Diagnostics, diagnostic => diagnostic.Severity == RuleSeverity.Error);
        Assert.NotEmpty(loaded.Set.Rules);
    }

    [FalcoFact]
    public void Print_ItsConditions_AreReadAsTheSame()
    {
        var diagnostics = new DiagnosticList();
        int count = 0;
        foreach (Definition definition in RuleFile.Read(FalcoFactAttribute.Path!, diagnostics))
        {
            SourceText? text = definition is MacroDefinition macro ? macro.Condition : (definition as RuleDefinition)?.Condition;
            if (text is null)
            {
                continue;
            }
            Assert.True(ConditionParser.TryParse(text, out Condition? condition, out ConditionError? error), $"{definition.Subject}: {error}");
            Assert.True(ConditionParser.TryParse(SourceText.Plain(ConditionPrinter.Print(condition)), out Condition? again, out error), $"{definition.Subject}: {error}");
            Assert.Equal(condition, again);
            count++;
        }
        Assert.Empty(diagnostics.All);
        Assert.True(count > 0, "no conditions");
    }

    [FalcoFact]
    public void Convert_ItsFile_MeansTheSame()
    {
        string? toml = RuleConverter.Convert(FalcoFactAttribute.Path!, out IReadOnlyList<RuleDiagnostic> diagnostics);
        Assert.Empty(diagnostics);
        RuleConverterTests.AssertSame(new RuleLoader().Add(FalcoFactAttribute.Path!).Load(), new RuleLoader().AddText("r.toml", toml!).Load());
    }
}

/// <summary>A test that needs Falco's rule file.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FalcoFactAttribute : FactAttribute
{
    public FalcoFactAttribute() => Skip = Path is null ? $"{RuleKit.FileVariable} names no file: Falco's falco_rules.yaml, or another of its files, is wanted" : null;

    public static string? Path => Environment.GetEnvironmentVariable(RuleKit.FileVariable) is { Length: > 0 } path && File.Exists(path) ? path : null;
}
