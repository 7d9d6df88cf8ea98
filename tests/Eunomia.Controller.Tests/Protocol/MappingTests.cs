using Eunomia.Core.Containers;
using Eunomia.Protocol;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Tests.Protocol;

public sealed class MappingTests
{
    [Fact]
    public void ToMetadata_EmptyFields_AreNull()
    {
        ContainerMetadata metadata = new InspectContainerResponse { Runtime = "docker", Name = "web" }.ToMetadata();

        Assert.Equal(new ContainerMetadata(Runtime: "docker", Name: "web"), metadata);
    }

    [Fact]
    public void ToHost_TakesTheNamespaces()
    {
        Core.HostIdentity host = new GetStatusResponse { HostPidns = 1, HostMntns = 2 }.ToHost("box");

        Assert.Equal(new Core.HostIdentity("box", 1, 2), host);
    }

    [Fact]
    public void ToName_EveryDefinedFamilyAndState_HasAWord()
    {
        Assert.DoesNotContain(Enum.GetValues<Family>()[1..], family => family.ToName().StartsWith("family-", StringComparison.Ordinal));
        Assert.DoesNotContain(Enum.GetValues<FamilyState>()[1..], state => state.ToName() == "unknown");
    }

    [Fact]
    public void ToName_OfATrackersFamily_IsWhatUsersWrite() => Assert.Equal(
        Core.Events.Tracker.All.Select(tracker => tracker.Name),
        new[] { Family.Process, Family.File, Family.Net, Family.Syscall, Family.Ipc, Family.Security, Family.Perf }.SelectMany(family => family.ToNames()));
}
