using Eunomia.Cli.Native;

namespace Eunomia.Cli.Launch;

/// <summary>
/// Turns this process into the launcher, <c>eunomia-collector --supervise</c>: it starts a private collector and then
/// this program again, as the invoking user and without privilege.
/// </summary>
internal static class Launcher
{
    /// <returns>Never, unless the launcher cannot be executed.</returns>
    /// <exception cref="CommandException">There is no launcher, or it cannot be executed.</exception>
    public static int Become(IMachine machine, IReadOnlyList<string> arguments)
    {
        string collector = CollectorBinary.Find(machine);
        int error = machine.Execute(collector, [collector, "--supervise", "--", machine.Self, .. arguments]);
        throw new CommandException($"cannot execute {collector}: {Libc.Describe(error)}");
    }
}
