namespace Eunomia.Cli.Launch;

/// <summary>Finds the collector's executable, which is also the launcher.</summary>
internal static class CollectorBinary
{
    public const string Name = "eunomia-collector";
    public const string Variable = "EUNOMIA_COLLECTOR";

    /// <exception cref="CommandException">It is in none of the places; the message names them.</exception>
    public static string Find(IMachine machine)
    {
        if (machine.GetVariable(Variable) is { } named)
        {
            return machine.FileExists(named)
                ? named
                : throw new CommandException($"{Variable} names {named}, and there is no such file");
        }
        string folder = Path.GetDirectoryName(machine.Self) ?? "/";
        foreach (string candidate in Candidates(folder, machine.GetVariable("PATH")))
        {
            if (machine.FileExists(candidate))
            {
                return candidate;
            }
        }
        throw new CommandException(
            $"cannot find {Name} in {folder}, {Path.GetFullPath("../libexec/eunomia", folder)} or PATH: "
            + $"install it there, or name it in {Variable}");
    }

    private static IEnumerable<string> Candidates(string folder, string? searchPath)
    {
        yield return Path.Combine(folder, Name);
        yield return Path.Combine(Path.GetFullPath("../libexec/eunomia", folder), Name);
        foreach (string directory in (searchPath ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            // A relative entry would let the current directory choose what runs as root.
            if (Path.IsPathFullyQualified(directory))
            {
                yield return Path.Combine(directory, Name);
            }
        }
    }
}
