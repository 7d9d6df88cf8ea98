using System.Reflection;

namespace Eunomia.Core.Tests;

public sealed class DependencyTests
{
    /// <summary>What of System.Net does no I/O: addresses, as values.</summary>
    private const string Addresses = "System.Net.Primitives";

    /// <summary>Parts of the base library that do I/O, host or encode for others: Core has no business there.</summary>
    private static readonly string[] Forbidden =
        ["System.Net", "System.IO.Pipelines", "System.IO.FileSystem", "System.Diagnostics.Process", "System.Text.Json", "System.Xml"];

    [Fact]
    public void Core_References_AreTheBaseLibraryOnly()
    {
        string frameworkFolder = Path.GetDirectoryName(typeof(object).Assembly.Location) ?? "";

        foreach (AssemblyName reference in typeof(EventPipeline).Assembly.GetReferencedAssemblies())
        {
            Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(frameworkFolder, reference.Name + ".dll")), $"{reference.Name} is a package");
            Assert.True(
                reference.Name == Addresses || !Forbidden.Any(forbidden => reference.Name!.StartsWith(forbidden, StringComparison.Ordinal)),
                $"{reference.Name} is none of Core's business");
        }
    }
}
