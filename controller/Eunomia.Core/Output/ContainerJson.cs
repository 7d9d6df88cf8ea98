using Eunomia.Core.Containers;

namespace Eunomia.Core.Output;

/// <summary>The JSON object of a container; what is not known is left out.</summary>
internal static class ContainerJson
{
    internal static byte[] Encode(Container container)
    {
        var buffer = new Utf8Buffer();
        buffer.Append((byte)'{');
        buffer.Member("id"u8, container.Id);
        buffer.Member("name"u8, container.Name);
        buffer.Member("image"u8, container.Image);
        buffer.Member("runtime"u8, container.Runtime);
        buffer.Member("pod"u8, container.Pod);
        buffer.Member("namespace"u8, container.Namespace);
        buffer.Append((byte)'}');
        return buffer.Written.ToArray();
    }
}
