using Eunomia.Core.Events;

namespace Eunomia.Core.Tests.Events;

public sealed class EventKindsTests
{
    [Fact]
    public void Name_EveryKind_LeadsBackToIt()
    {
        Assert.Equal(Enum.GetValues<EventKind>().Where(kind => kind != EventKind.None).Order(), EventKinds.All.Order());
        foreach (EventKind kind in EventKinds.All)
        {
            Assert.True(EventKinds.TryGet(EventKinds.Name(kind), out EventKind found));
            Assert.Equal(kind, found);
        }
    }

    [Fact]
    public void Name_UnknownKind_IsItsNumber() => Assert.Equal("kind-37", EventKinds.Name((EventKind)37));

    [Fact]
    public void TryParse_List_GivesTheKinds()
    {
        Assert.True(EventKinds.TryParse("process.exec, container.exit", out EventKindSet kinds, out string? error));

        Assert.Null(error);
        Assert.Equal(EventKindSet.Of(EventKind.ProcessExec, EventKind.ContainerExit), kinds);
        Assert.True(kinds.Contains(EventKind.ContainerExit));
        Assert.False(kinds.Contains(EventKind.ProcessExit));
        Assert.False(kinds.Contains(EventKind.ContainerStart));
    }

    [Theory]
    [InlineData("unknown", "process.exec,process.exce", "unknown event 'process.exce'")]
    [InlineData("empty item", "process.exec,", "empty event name in 'process.exec,'")]
    [InlineData("empty list", "", "empty event name in ''")]
    [InlineData("wrong case", "Process.Exec", "unknown event 'Process.Exec'")]
    public void TryParse_WrongList_SaysWhatAndWhatIsAllowed(string name, string list, string expected)
    {
        Assert.NotEmpty(name);
        Assert.False(EventKinds.TryParse(list, out EventKindSet kinds, out string? error));

        Assert.True(kinds.IsEmpty);
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
        Assert.EndsWith(
            "allowed: process.fork, process.exec, process.exit, container.create, container.start, container.exit, cgroup.mkdir, cgroup.rmdir",
            error,
            StringComparison.Ordinal);
    }
}
