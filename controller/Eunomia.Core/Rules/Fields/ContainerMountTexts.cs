using System.Text;
using Eunomia.Core.Containers;

namespace Eunomia.Core.Rules.Fields;

/// <summary>A mount of a container, as rules compare it: UTF-8.</summary>
internal sealed class ContainerMountTexts(ContainerMount mount)
{
    internal byte[] Source { get; } = Encoding.UTF8.GetBytes(mount.Source);

    internal byte[] Destination { get; } = Encoding.UTF8.GetBytes(mount.Destination);

    internal byte[] Mode { get; } = Encoding.UTF8.GetBytes(mount.Mode);

    internal byte[] Propagation { get; } = Encoding.UTF8.GetBytes(mount.Propagation);

    internal bool IsWritable { get; } = !mount.IsReadOnly;

    /// <summary>All of it, with colons in between.</summary>
    internal byte[] Whole { get; } = Encoding.UTF8.GetBytes(mount.ToString());
}
