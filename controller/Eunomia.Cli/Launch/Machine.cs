using System.Runtime.InteropServices;
using Eunomia.Cli.Native;

namespace Eunomia.Cli.Launch;

/// <summary>The real machine.</summary>
internal sealed class Machine : IMachine
{
    public uint UserId => Libc.GetEffectiveUserId();

    public ulong Capabilities => CapabilitySets.Union(File.ReadAllText("/proc/self/status"));

    public string Self => Environment.ProcessPath ?? throw new CommandException("cannot find my own executable in /proc/self/exe");

    public string? GetVariable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    public bool FileExists(string path) => File.Exists(path);

    // Signal 0 asks only whether there is such a process; /proc would not tell where it is mounted with hidepid.
    public bool ProcessExists(int pid) => Libc.Kill(pid, 0) == 0 || Marshal.GetLastPInvokeError() == Libc.EPERM;

    public void PrepareFolder(string path, bool isHandedOver) => ServiceFolder.Prepare(this, path, isHandedOver);

    public int Execute(string path, IReadOnlyList<string> arguments)
    {
        _ = Libc.SetSignalHandler(Libc.SigPipe, 0); // .NET ignores SIGPIPE, and exec would pass that on
        _ = Libc.Execute(path, [.. arguments, null]);
        return Marshal.GetLastPInvokeError();
    }
}
