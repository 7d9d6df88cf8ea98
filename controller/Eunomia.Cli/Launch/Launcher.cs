using Eunomia.Cli.Native;

namespace Eunomia.Cli.Launch;

/// <summary>
/// Turns this process into the launcher, <c>eunomia-collector --supervise</c>: it starts a private collector and then
/// this program again, as the invoking user and without privilege.
/// </summary>
internal static class Launcher
{
    /// <summary>What rules may have the collector do, in its own words.</summary>
    public const string Actions = "signal,deny";

    /// <param name="machine">Where.</param>
    /// <param name="arguments">This program's.</param>
    /// <param name="allowed">What the collector lets us do, beside looking; null means nothing.</param>
    /// <param name="pins">Where its policies outlive it; null means nowhere.</param>
    /// <returns>Never, unless the launcher cannot be executed.</returns>
    /// <exception cref="CommandException">There is no launcher, or it cannot be executed.</exception>
    public static int Become(IMachine machine, IReadOnlyList<string> arguments, string? allowed = null, string? pins = null)
    {
        string collector = CollectorBinary.Find(machine);
        string[] allow = allowed is null ? [] : ["--allow", allowed];
        string[] pin = pins is null ? [] : ["--pin", pins];
        int error = machine.Execute(collector, [collector, "--supervise", .. allow, .. pin, "--", machine.Self, .. arguments]);
        throw new CommandException($"cannot execute {collector}: {Libc.Describe(error)}");
    }
}
