namespace Eunomia.Cli.Launch;

/// <summary>What the command line asks of the machine it runs on, so that every answer can be tried in a test.</summary>
internal interface IMachine
{
    uint UserId { get; }

    /// <summary>The capabilities this process holds in any of its sets.</summary>
    ulong Capabilities { get; }

    /// <summary>The absolute path of our own executable.</summary>
    string Self { get; }

    string? GetVariable(string name);

    bool FileExists(string path);

    bool ProcessExists(int pid);

    /// <summary>As root: makes a folder for whom the launcher will choose.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="isHandedOver">One that is there already becomes that user's too.</param>
    void PrepareFolder(string path, bool isHandedOver);

    /// <summary>Becomes another program. Returns only when that failed, with the error number.</summary>
    int Execute(string path, IReadOnlyList<string> arguments);
}
