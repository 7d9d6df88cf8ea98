using System.Globalization;
using Eunomia.Core.Profiling;

namespace Eunomia.Cli.Output;

/// <summary>A whole profile, written at the end.</summary>
internal sealed class ProfileFileOutput(OutputFile file, OutputFormat format) : ProfileOutput(file)
{
    protected override void WriteLast()
    {
        var root = FlameNode.Of(Profile, Symbols);
        if (format == OutputFormat.Svg)
        {
            string title = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}: {Profile.Samples} samples");
            FlameGraph.Write(root, title, File);
        }
        else
        {
            FoldedText.Write(root, File);
        }
    }
}
