namespace Eunomia.Core.Containers;

/// <summary>Something of the host's that is mounted in a container.</summary>
/// <param name="Source">Path on the host, or a volume's name.</param>
/// <param name="Destination">Path in the container.</param>
/// <param name="Mode">As the user gave it to docker: "ro", "z"; else empty.</param>
/// <param name="IsReadOnly">Whether it cannot be written.</param>
/// <param name="Propagation">"rprivate", "rslave", …; empty when nobody says.</param>
public sealed record ContainerMount(string Source, string Destination, string Mode, bool IsReadOnly, string Propagation)
{
    /// <summary><c>source:destination:mode:writable:propagation</c>, writable being true or false.</summary>
    public override string ToString() =>
        $"{Source}:{Destination}:{Mode}:{(IsReadOnly ? "false" : "true")}:{Propagation}";
}
