using System.Reflection;

namespace Eunomia.Controller.Rules;

/// <summary>The rules of deploy/rules, which are built in.</summary>
public static class DefaultRules
{
    private const string Prefix = "rules/";

    /// <summary>How the place of a built-in file is written: no file of a disk is called so.</summary>
    public const string Place = "built-in:";

    /// <summary>Adds them, in the order of their files' names.</summary>
    public static RuleLoader AddDefaults(this RuleLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        Assembly assembly = typeof(DefaultRules).Assembly;
        foreach (string name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            loader.AddText(Place + name[Prefix.Length..], reader.ReadToEnd());
        }
        return loader;
    }
}
