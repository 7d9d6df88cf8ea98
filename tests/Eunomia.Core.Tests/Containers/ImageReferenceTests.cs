using Eunomia.Core.Containers;

namespace Eunomia.Core.Tests.Containers;

public sealed class ImageReferenceTests
{
    [Theory]
    [InlineData("nginx", "nginx", "latest", null)]
    [InlineData("nginx:1.25", "nginx", "1.25", null)]
    [InlineData("registry:5000/a/b", "registry:5000/a/b", "latest", null)]
    [InlineData("registry:5000/a/b:2", "registry:5000/a/b", "2", null)]
    [InlineData("q.io/n@sha256:aa", "q.io/n", null, "sha256:aa")]
    [InlineData("q.io/n:1@sha256:aa", "q.io/n", "1", "sha256:aa")]
    public void Parse_Reference_HasItsParts(string reference, string repository, string? tag, string? digest) =>
        Assert.Equal(new ImageReference(repository, tag, digest), ImageReference.Parse(reference));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sha256:899c21f463b770e0")]
    public void Parse_WithoutRepository_IsNone(string? reference) => Assert.Null(ImageReference.Parse(reference));

    [Fact]
    public void Mount_AsText_IsAsRulesHaveIt() => Assert.Equal(
        ["/etc:/host-etc:ro:false:rprivate", "vol:/data::true:"],
        [new ContainerMount("/etc", "/host-etc", "ro", true, "rprivate").ToString(), new ContainerMount("vol", "/data", "", false, "").ToString()]);
}
