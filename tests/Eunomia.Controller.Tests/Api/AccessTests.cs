using System.Net.Sockets;
using Eunomia.Controller.Api;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Protocol.V1;

namespace Eunomia.Controller.Tests.Api;

public sealed class AccessTests
{
    private const uint Own = 990;
    private const uint Readers = 500;
    private const uint Administrators = 501;

    [Theory]
    [InlineData(0u, 0u, true, true)]
    [InlineData(Own, 7u, true, true)]
    [InlineData(1000u, Readers, true, false)]
    [InlineData(1000u, Administrators, true, true)]
    [InlineData(1000u, 1000u, false, false)]
    public void Access_OfUidAndGroup_IsAsDecided(uint uid, uint group, bool reads, bool administers)
    {
        var access = new ApiAccess(Own, Readers, Administrators);
        var peer = new PeerCredentials(1, uid, [uid, group]);

        Assert.Equal((reads, administers), (access.MayRead(peer), access.MayAdminister(peer)));
    }

    [Fact]
    public void Access_WithoutTheGroups_IsForRootAndItsOwnUser()
    {
        var access = new ApiAccess(Own, null, null);

        Assert.False(access.MayRead(new PeerCredentials(1, 1000, [0, Readers, Administrators])));
        Assert.True(access.MayAdminister(new PeerCredentials(1, Own, [])));
    }

    [Fact]
    public void Peer_OfASocketPair_IsWhoWeAre()
    {
        using var folder = new TempFolder();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(folder.File("s")));
        listener.Listen();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(folder.File("s")));
        using Socket server = listener.Accept();

        PeerCredentials peer = PeerCredentials.Of(server);

        Assert.Equal((Environment.ProcessId, UserNames.OwnUid), (peer.Pid, peer.Uid));
        string[] groups = File.ReadLines("/proc/self/status").First(line => line.StartsWith("Groups:", StringComparison.Ordinal))[7..]
            .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(groups.Select(uint.Parse).Order(), peer.Groups.Skip(1).Order());
    }

    // Each call, by somebody whom the kernel says to be nobody in particular.
    [Fact]
    public async Task EveryCall_ByAStranger_IsRefused()
    {
        if (UserNames.OwnUid == 0)
        {
            return; // root may do everything; the end-to-end test asks as another user
        }
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync(new ApiAccess(UserNames.OwnUid + 1, null, null));
        Func<Task>[] calls =
        [
            () => fixture.Client.GetStatusAsync(default),
            () => fixture.Client.ListContainersAsync(default),
            () => fixture.Client.ListRulesAsync(default),
            () => fixture.Client.ReloadAsync(default),
            () => fixture.Client.ListAlertsAsync(Controller.Hosting.AlertFilter.Any, default),
            () => fixture.Client.FollowAlertsAsync(Controller.Hosting.AlertFilter.Any, true, (_, _) => { }, default),
            () => fixture.Client.FollowEventsAsync(new StreamEventsRequest { Kinds = { "process.exec" } }, _ => { }, default),
        ];
        foreach (Func<Task> call in calls)
        {
            ApiException error = await Assert.ThrowsAsync<ApiException>(call);
            Assert.StartsWith("only root and members of group eunomia may ask this daemon", error.Message, StringComparison.Ordinal);
        }
    }
}
