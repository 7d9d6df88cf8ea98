using System.Buffers;
using System.Text;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Output;

public sealed class ContainerListJsonTests
{
    private const ulong Key = 100;

    /// <summary>What only details add.</summary>
    private static readonly string[] Members =
        ["image", "user", "uid", "privileged", "host_namespaces", "capabilities", "mounts", "labels", "annotations", "incomplete"];

    private static readonly string Web = TestHost.Id("3f5c");
    private readonly PipelineFixture _fixture = new(new EventFilter(EventKindSet.Of(EventKind.ContainerStart)));

    [Fact]
    public void Write_Details_AreTold()
    {
        string line = Write(new ContainerMetadata("docker", "web", "q.io/n:1")
        {
            Details = new ContainerDetails
            {
                PodUid = "u-1",
                ImageId = "sha256:1",
                ImageDigest = "sha256:d",
                User = "app",
                Uid = 7,
                Gid = 8,
                CapabilitiesBounding = (1UL << 40) | 1,
                CapabilitiesEffective = 0,
                Facts = ContainerFacts.Privileged | ContainerFacts.HostPid,
                FactsKnown = ContainerFacts.Privileged | ContainerFacts.HostPid | ContainerFacts.HostIpc | ContainerFacts.Tty,
                AppArmorProfile = "a",
                SeccompProfile = "default",
                HealthCheck = "NONE",
                IsIncomplete = true,
                Mounts = [new("/etc", "/h", "ro", true, "rslave"), new("/\u001b", "/d", "", false, "")],
                Labels = [new("k\"", "v\n")],
                PodLabels = [new("app", "shop")],
            },
        });

        Assert.Contains(
            "\"image_repository\":\"q.io/n\",\"image_tag\":\"1\",\"image_digest\":\"sha256:d\",\"image_id\":\"sha256:1\",\"user\":\"app\","
            + "\"uid\":7,\"gid\":8,\"privileged\":true,\"tty\":false,\"host_namespaces\":[\"pid\"],"
            + "\"capabilities_bounding\":[\"CAP_CHOWN\",\"CAP_CHECKPOINT_RESTORE\"],\"capabilities_effective\":[],"
            + "\"apparmor\":\"a\",\"seccomp\":\"default\",\"healthcheck\":\"NONE\","
            + "\"mounts\":[{\"source\":\"/etc\",\"destination\":\"/h\",\"mode\":\"ro\",\"read_only\":true,\"propagation\":\"rslave\"},"
            + "{\"source\":\"/\\u001b\",\"destination\":\"/d\",\"read_only\":false}],"
            + "\"labels\":{\"k\\\"\":\"v\\n\"},\"pod_labels\":{\"app\":\"shop\"},\"incomplete\":true,",
            line,
            StringComparison.Ordinal);
        Assert.Contains("\"pod_uid\":\"u-1\"", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NothingKnown_LeavesItOut()
    {
        string line = Write(new ContainerMetadata("docker", "web"));

        Assert.All(
            Members,
            member => Assert.DoesNotContain(member, line, StringComparison.Ordinal));
    }

    private string Write(ContainerMetadata metadata)
    {
        _fixture.Apply(r => r.Mkdir(Key, $"/docker/{Web}").Exec(new ProcessSpec(500, 1_000) { Vpid = 1 }.In(Key)));
        _fixture.Pipeline.Containers.SetMetadata(Web, metadata);
        Assert.True(_fixture.Pipeline.Containers.TryGet(Web, out Container? container));
        var output = new ArrayBufferWriter<byte>();
        new ContainerListJson().Write(ContainerRow.Of(container, _fixture.Pipeline.Processes, 0), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
