namespace Eunomia.Core.Containers;

/// <summary>The parts of an image reference, <c>registry:5000/team/web:1.2@sha256:…</c>.</summary>
/// <param name="Repository">All in front of tag and digest, as it was written.</param>
/// <param name="Tag">The tag; "latest" when there is neither tag nor digest; null when there is only a digest.</param>
/// <param name="Digest">The digest, or null.</param>
public sealed record ImageReference(string Repository, string? Tag, string? Digest)
{
    /// <summary>Takes a reference apart; null for an empty one, and for an image's bare id, which names no repository.</summary>
    public static ImageReference? Parse(string? reference)
    {
        if (string.IsNullOrEmpty(reference) || reference.StartsWith("sha256:", StringComparison.Ordinal))
        {
            return null;
        }

        int at = reference.IndexOf('@', StringComparison.Ordinal);
        string name = at < 0 ? reference : reference[..at];
        string? digest = at < 0 ? null : reference[(at + 1)..];
        int colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/')
            ? new ImageReference(name[..colon], name[(colon + 1)..], digest)
            : new ImageReference(name, digest is null ? "latest" : null, digest);
    }
}
