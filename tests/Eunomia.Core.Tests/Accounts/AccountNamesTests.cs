using System.Globalization;
using System.Text;
using Eunomia.Core.Accounts;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Accounts;

public sealed class AccountNamesTests
{
    private const ulong Key = 100;
    private static readonly string Web = TestHost.Id("3f5c");
    private static readonly ProcessSpec RuntimeInit = new ProcessSpec(500, 1_000) { Vpid = 1 }.In(Key, mntns: TestHost.MountNamespace);
    private static readonly ProcessSpec Init = RuntimeInit.In(Key);
    private readonly PipelineFixture _fixture = new(new EventFilter(EventKindSet.Of(EventKind.ContainerStart)));
    private readonly ManualTime _time = new();
    private readonly List<string> _missing = [];

    [Fact]
    public void TryGet_Unknown_IsAskedForOnceAMinute()
    {
        AccountNames names = Create();

        Assert.False(names.TryGetUser(null, 5, out _));
        Assert.False(names.TryGetUser(null, 5, out _));
        Assert.False(names.TryGetGroup(null, 5, out _));
        Assert.Equal(["host user 5", "host group 5"], _missing);

        _time.Advance(AccountNames.Pause);
        Assert.False(names.TryGetUser(null, 5, out _));
        Assert.Equal(3, _missing.Count);
    }

    [Fact]
    public void TryGet_Known_IsTheContainersOwn()
    {
        Container container = Running();
        AccountNames names = Create();
        names.Add(container, List(33, "www", "/w"));
        names.Add(null, List(33, "host-www", ""));

        Assert.True(names.TryGetUser(container, 33, out AccountUser own));
        Assert.True(names.TryGetUser(null, 33, out AccountUser hosts));
        Assert.True(names.TryGetGroup(container, 33, out AccountGroup group));
        Assert.Equal(("www", "/w", "host-www", "www"), (Text(own.Name), Text(own.HomeDirectory), Text(hosts.Name), Text(group.Name)));
        Assert.Empty(_missing);
    }

    [Fact]
    public void TryGet_WithoutSubscriber_RemembersNothing()
    {
        var names = new AccountNames(_time);
        Assert.False(names.TryGetUser(null, 5, out _));

        names.Missing += Note;
        Assert.False(names.TryGetUser(null, 5, out _));
        Assert.Single(_missing);
    }

    [Fact]
    public void TryGet_TooMany_AreNotAskedFor()
    {
        Container container = Running();
        AccountNames names = Create();
        for (uint uid = 0; uid < AccountNames.MostPerContainer + 10; uid++)
        {
            Assert.False(names.TryGetUser(container, uid, out _));
        }

        Assert.Equal(AccountNames.MostPerContainer, _missing.Count);
        names.Add(container, List(9_999, "late", ""));
        Assert.False(names.TryGetUser(container, 9_999, out _));
        names.Add(container, List(0, "root", "/root"));
        Assert.True(names.TryGetUser(container, 0, out _));
    }

    [Fact]
    public void TryGet_Known_AllocatesNothing()
    {
        Container container = Running();
        AccountNames names = Create();
        names.Add(container, List(33, "www", "/w"));
        int found = 0;
        long least = long.MaxValue;
        for (int pass = 0; pass < 5; pass++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1_000; i++)
            {
                found += names.TryGetUser(container, 33, out AccountUser user) && names.TryGetGroup(container, 33, out _) ? user.Name.Length : 0;
                found += names.TryGetUser(container, 34, out _) ? 1 : 0;
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(5 * 1_000 * 3, found);
        Assert.Equal(0, least);
    }

    /// <summary>Root's and the init's, once its first own program runs: before that, its files are the host's.</summary>
    [Fact]
    public void Pipeline_AsksWhenAContainerStarts()
    {
        _fixture.Pipeline.Accounts.Missing += Note;
        _fixture.Apply(r => r.Mkdir(Key, $"/docker/{Web}").Fork(RuntimeInit).Exec(RuntimeInit, new ExecSpec { Args = ["runc", "init"] }));
        Assert.Empty(_missing);

        _fixture.Apply(r => r.Exec(Init));
        Assert.Equal(["web user 0", "web group 0"], _missing);
    }

    [Fact]
    public void Pipeline_AsksForTheHostsToo()
    {
        _fixture.Pipeline.Accounts.Missing += Note;
        _fixture.Apply(r => r.Exec(new ProcessSpec(7, 7)));

        Assert.Equal(["host user 0", "host group 0"], _missing);
    }

    [Fact]
    public void Residents_AreTheInitAndWhatHasItsFiles()
    {
        ProcessSpec fromRuntime = new ProcessSpec(600, 3_000).In(Key, mntns: TestHost.MountNamespace);
        ProcessSpec inside = new ProcessSpec(601, 3_001).In(Key);
        _fixture.Apply(r => r.Mkdir(Key, $"/docker/{Web}").Exec(RuntimeInit, new ExecSpec { Args = ["runc", "init"] }));
        Assert.True(_fixture.Pipeline.Containers.TryGet(Web, out Container? container));
        Assert.Empty(Residents(container));

        _fixture.Apply(r => r.Exec(Init).Fork(fromRuntime).Exec(inside));
        Assert.Equal([500u, 601u], Residents(container));

        _fixture.Apply(r => r.Exit(Init));
        Assert.Equal([601u], Residents(container));
    }

    private uint[] Residents(Container container) =>
        [.. AccountResidents.Find(container, _fixture.Pipeline.Processes, TestHost.MountNamespace).Select(process => process.Pid)];

    private Container Running()
    {
        _fixture.Apply(r => r.Mkdir(Key, $"/docker/{Web}").Exec(Init));
        Assert.True(_fixture.Pipeline.Containers.TryGet(Web, out Container? container));
        return container;
    }

    private AccountNames Create()
    {
        var names = new AccountNames(_time);
        names.Missing += Note;
        return names;
    }

    private void Note(Container? container, bool isUser, uint number) => _missing.Add(
        string.Create(CultureInfo.InvariantCulture, $"{(container is null ? "host" : "web")} {(isUser ? "user" : "group")} {number}"));

    private static AccountList List(uint number, string name, string home) => new(
        [new(number, new AccountUser(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(home), default))],
        [new(number, new AccountGroup(Encoding.UTF8.GetBytes(name)))]);

    private sealed class ManualTime : TimeProvider
    {
        private long _now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan time) => _now += time.Ticks;
    }

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
