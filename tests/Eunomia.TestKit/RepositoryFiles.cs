namespace Eunomia.TestKit;

/// <summary>Files of the repository that tests read.</summary>
public static class RepositoryFiles
{
    /// <summary>The folder with Eunomia.sln; null when the tests run elsewhere.</summary>
    public static string? Root { get; } = FindRoot();

    public static string Path(params string[] parts) =>
        System.IO.Path.Combine([Root ?? throw new InvalidOperationException("not inside the repository"), .. parts]);

    private static string? FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Eunomia.sln")))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
