namespace Eunomia.Controller.Tests.Fakes;

/// <summary>A folder of one test, gone with it.</summary>
public sealed class TempFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("eunomia-test-").FullName;

    /// <summary>A file in it, or a socket.</summary>
    public string File(string name) => Path.Combine(_path, name);

    /// <summary>Bytes of all files in a folder in it.</summary>
    public long SizeOf(string name) => new DirectoryInfo(File(name)).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
