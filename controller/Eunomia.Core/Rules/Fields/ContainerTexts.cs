using System.Collections.Frozen;
using System.Text;
using Eunomia.Core.Containers;

namespace Eunomia.Core.Rules.Fields;

/// <summary>A container's texts as rules compare them, encoded once for each change of its metadata.</summary>
internal sealed class ContainerTexts
{
    private const int ShortId = 12;
    private const int LongId = 64;
    private readonly FrozenDictionary<string, byte[]> _podLabels;

    private ContainerTexts(Container container)
    {
        Id = Encode(container.Id.Length == LongId ? container.Id[..ShortId] : container.Id);
        FullId = Encode(container.Id);
        Runtime = Encode(container.Runtime);
        Name = Encode(container.Name);
        Image = Encode(container.Image);
        Pod = Encode(container.Pod);
        PodUid = Encode(container.PodUid);
        Namespace = Encode(container.Namespace);
        ImageReference? image = ImageReference.Parse(container.Image);
        ContainerDetails details = container.Details;
        (Repository, Tag) = (Encode(image?.Repository), Encode(image?.Tag));
        ImageDigest = Encode(details.ImageDigest ?? image?.Digest);
        ImageId = Encode(details.ImageId);
        HealthCheck = Encode(details.HealthCheck);
        Mounts = [.. details.Mounts.Select(mount => new ContainerMountTexts(mount))];
        PodLabels = Encode(string.Join(", ", details.PodLabels.Select(label => $"{label.Key}:{label.Value}")));
        _podLabels = details.PodLabels.DistinctBy(label => label.Key).ToFrozenDictionary(label => label.Key, label => Encode(label.Value), StringComparer.Ordinal);
    }

    internal byte[] Id { get; }

    internal byte[] FullId { get; }

    internal byte[] Runtime { get; }

    internal byte[] Name { get; }

    internal byte[] Image { get; }

    internal byte[] Repository { get; }

    internal byte[] Tag { get; }

    internal byte[] ImageDigest { get; }

    internal byte[] ImageId { get; }

    internal byte[] HealthCheck { get; }

    internal ContainerMountTexts[] Mounts { get; }

    internal byte[] PodLabels { get; }

    internal byte[] Pod { get; }

    internal byte[] PodUid { get; }

    internal byte[] Namespace { get; }

    internal static ContainerTexts Of(Container container) => container.RuleTexts ??= new ContainerTexts(container);

    /// <summary>A label of its pod; empty when it has none of this name.</summary>
    internal ReadOnlySpan<byte> PodLabel(string name) => _podLabels.GetValueOrDefault(name);

    private static byte[] Encode(string? text) => Encoding.UTF8.GetBytes(text ?? "");
}
