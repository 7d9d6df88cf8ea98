using Eunomia.Cli.Launch;

namespace Eunomia.Cli.Tests;

/// <summary>A machine that is whatever a test wants it to be.</summary>
internal sealed class TestMachine : IMachine
{
    private const int NoSuchFile = 2;

    public uint UserId { get; init; } = 1000;

    public ulong Capabilities { get; init; }

    public string Self { get; init; } = "/opt/eunomia/bin/eunomiactl";

    public Dictionary<string, string> Variables { get; } = [];

    public HashSet<string> Files { get; } = [];

    public HashSet<int> Processes { get; } = [];

    /// <summary>What was executed, the path first; null when nothing was.</summary>
    public IReadOnlyList<string>? Executed { get; private set; }

    public string? GetVariable(string name) => Variables.GetValueOrDefault(name);

    public bool FileExists(string path) => Files.Contains(path);

    public bool ProcessExists(int pid) => Processes.Contains(pid);

    /// <summary>Folders that were to be made.</summary>
    public List<string> Prepared { get; } = [];

    public void PrepareFolder(string path, bool isHandedOver) => Prepared.Add(path);

    public int Execute(string path, IReadOnlyList<string> arguments)
    {
        Executed = [path, .. arguments];
        return NoSuchFile; // a real one that succeeds never returns
    }
}
