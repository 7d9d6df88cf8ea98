using System.Buffers;
using System.Text;
using Eunomia.Core.Output;
using Eunomia.Core.Processes;
using Eunomia.Core.Profiling;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Profiling;

public sealed class ProfileTests
{
    private const ulong Kernel = 0xffffffff81000010;

    [Fact]
    public void Add_SameStackAgain_IsCounted()
    {
        Profile profile = new ProfileKit().Add(user: [1, 2]).Add(user: [1, 2]).Add(user: [2, 1]).Add(kernel: [1], user: [2]).Profile;

        Assert.Equal((ulong[])[1, 1, 2], profile.Stacks.Select(stack => stack.Count).Order());
        Assert.Equal(4ul, profile.Samples);
    }

    [Fact]
    public void Add_MoreStacksThanRoom_TotalsStayTrue()
    {
        var kit = new ProfileKit(stacks: 3);
        for (ulong address = 1; address <= 10; address++)
        {
            kit.Add(pid: (uint)(address % 2) + 1, user: [address]);
        }

        Assert.Equal(4, kit.Profile.Stacks.Count());
        Assert.Equal(8ul, kit.Profile.Stacks.Where(stack => stack.IsOther).Aggregate(0ul, (sum, stack) => sum + stack.Count));
        Assert.Equal(10ul, kit.Profile.Samples);
    }

    [Fact]
    public void Add_MoreProcessesThanRoom_BelongToNobody()
    {
        ProfileKit kit = new ProfileKit(processes: 1).Add(pid: 1, user: [1]).Add(pid: 2, user: [1]).Add(pid: 3, user: [2]);

        StackSamples other = Assert.Single(kit.Profile.Stacks, stack => stack.IsOther);
        Assert.Equal(("[other]", 2ul), (other.Process.Name, other.Count));
    }

    [Fact]
    public void Add_AfterExec_IsAnotherProcess()
    {
        Profile profile = new ProfileKit().Add(comm: "sh", user: [1]).Add(comm: "ls", user: [1]).Profile;

        Assert.Equal(["sh", "ls"], profile.Processes.Select(process => process.Name));
        Assert.Equal(2, profile.Stacks.Count());
    }

    [Fact]
    public async Task Symbols_OfManyAddresses_AreAskedForInPieces()
    {
        var names = new FakeSymbols();
        ulong[] deep = [.. Enumerable.Range(1, 127).Select(n => (ulong)n * 10)];
        var kit = new ProfileKit();
        for (ulong i = 0; i < 10; i++)
        {
            kit.Add(user: [.. deep.Select(address => address + (10_000 * i))]);
        }

        using SymbolCache symbols = await kit.ResolveAsync(names);

        Assert.Equal(1_270, names.Asked.Sum(question => question.Addresses));
        Assert.All(names.Asked, question => Assert.InRange(question.Addresses, 1, ISymbolSource.MostAddresses));
    }

    [Fact]
    public async Task Symbols_OfTheKernel_AreAskedForOnce()
    {
        var names = new FakeSymbols();
        using SymbolCache symbols = await new ProfileKit().Add(pid: 1, kernel: [Kernel]).Add(pid: 2, kernel: [Kernel]).ResolveAsync(names);

        Assert.Equal([(default(ProcessKey), 1)], names.Asked);
    }

    [Fact]
    public async Task Symbols_BeyondTheRoom_StayUnknown()
    {
        var names = new FakeSymbols { [10] = new Symbol("one", "", 0), [20] = new Symbol("two", "", 0) };
        ProfileKit kit = new ProfileKit().Add(user: [10, 20]);
        using SymbolCache symbols = await kit.ResolveAsync(names, capacity: 1);

        Assert.Equal("one", symbols.Find(kit.Profile.Processes[0], [10], 0)?.Function);
        Assert.Null(symbols.Find(kit.Profile.Processes[0], [20], 0));
    }

    [Fact]
    public async Task Symbols_OfCallers_AreWhatStandsInFrontOfTheReturn()
    {
        var names = new FakeSymbols { [10] = new Symbol("callee", "", 1), [19] = new Symbol("caller", "", 7), [20] = new Symbol("next", "", 0) };
        ProfileKit kit = new ProfileKit().Add(user: [10, 20]);
        using SymbolCache symbols = await kit.ResolveAsync(names);

        Assert.Equal(new Symbol("callee", "", 1), symbols.Find(kit.Profile.Processes[0], [10, 20], 0));
        Assert.Equal(new Symbol("caller", "", 8), symbols.Find(kit.Profile.Processes[0], [10, 20], 1));
    }

    [Fact]
    public async Task Symbols_NobodyAnswered_AreAskedForAgain()
    {
        var names = new FakeSymbols { [10] = new Symbol("hot", "", 0), Fails = true };
        ProfileKit kit = new ProfileKit().Add(user: [10]);
        using SymbolCache symbols = await kit.ResolveAsync(names);
        Assert.Null(symbols.Find(kit.Profile.Processes[0], [10], 0));

        names.Fails = false;
        symbols.Ask(kit.Profile.Stacks.Single());
        await symbols.WhenIdleAsync(TimeSpan.FromSeconds(30));

        Assert.Equal("hot", symbols.Find(kit.Profile.Processes[0], [10], 0)?.Function);
    }

    [Fact]
    public async Task Symbols_WithinAKnownFunction_AreNotAskedFor()
    {
        var names = new FakeSymbols { [100] = new Symbol("hot", "/bin/busy", 20), [101] = new Symbol("next", "/bin/busy", 0) };
        var kit = new ProfileKit();
        using SymbolCache symbols = await kit.Add(user: [100]).Add(user: [101]).ResolveAsync(names);
        foreach (ulong address in (ulong[])[79, 80, 99, 102])
        {
            kit.Add(user: [address]);
            symbols.Ask(kit.Profile.Stacks.Single(stack => stack.User[0] == address));
        }
        await symbols.WhenIdleAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(new Symbol("hot", "/bin/busy", 0), symbols.Find(kit.Profile.Processes[0], [80], 0));
        Assert.Equal(new Symbol("hot", "/bin/busy", 19), symbols.Find(kit.Profile.Processes[0], [99], 0));
        Assert.Equal(2 + 2, names.Asked.Sum(question => question.Addresses));
    }

    [Fact]
    public async Task Symbols_OfOneProcess_AreAskedForLessAndLess()
    {
        var names = new FakeSymbols();
        var kit = new ProfileKit();
        using SymbolCache symbols = await kit.Add(user: [10]).ResolveAsync(names);
        foreach (ulong address in (ulong[])[20, 30])
        {
            kit.Add(user: [address]);
            symbols.Ask(kit.Profile.Stacks.Single(stack => stack.User[0] == address));
        }
        Assert.False(symbols.IsIdle);
        Assert.Single(names.Asked);

        await symbols.WhenIdleAsync(TimeSpan.FromSeconds(30));

        Assert.Equal([1, 2], names.Asked.Select(question => question.Addresses));
    }

    [Fact]
    public async Task Symbols_OfOneProcess_LeaveRoomForOthers()
    {
        var names = new FakeSymbols();
        var kit = new ProfileKit();
        for (ulong i = 0; i < 100; i++)
        {
            kit.Add(pid: 1, user: [1_000 + i]);
        }
        names[7] = new Symbol("other", "", 0);
        kit.Add(pid: 2, user: [7]);
        using SymbolCache symbols = await kit.ResolveAsync(names, capacity: 32);

        Assert.Equal(16 + 1, names.Asked.Sum(question => question.Addresses));
        Assert.Equal("other", symbols.Find(kit.Profile.Processes[1], [7], 0)?.Function);
    }

    [Fact]
    public void Stacks_OfOneProcess_LeaveRoomForOthers()
    {
        var kit = new ProfileKit(stacks: 32);
        for (ulong i = 0; i < 100; i++)
        {
            kit.Add(pid: 1, user: [1_000 + i]);
        }
        kit.Add(pid: 2, user: [7]);

        Assert.Equal(16, kit.Profile.Stacks.Count(stack => stack.Process.Key.Pid == 1 && !stack.IsOther));
        Assert.Equal(84UL, kit.Profile.Stacks.Single(stack => stack.IsOther).Count);
        Assert.False(kit.Profile.Stacks.Single(stack => stack.Process.Key.Pid == 2).IsOther);
    }

    [Fact]
    public void Forget_ManyProcesses_BeginsAnewWithOtherNumbers()
    {
        ProfileKit kit = new ProfileKit(processes: 2).Add(pid: 1, user: [1]).Add(pid: 2, user: [1]);
        int last = kit.Profile.Processes[1].Id;
        kit.Profile.Forget();
        kit.Add(pid: 1, user: [1]);

        Assert.Equal(last + 1, kit.Profile.Processes.Single().Id);
        Assert.Equal(1UL, kit.Profile.Stacks.Single().Count);
    }

    [Fact]
    public async Task Folded_Stacks_AreLinesFromTheOutside()
    {
        var names = new FakeSymbols
        {
            [Kernel] = new Symbol("do_work", "[kernel]", 1),
            [10] = new Symbol("hot", "/bin/busy", 1),
            [20] = new Symbol("ma;in\n", "/bin/busy", 1),
            [30] = new Symbol(null, "/lib/libc.so.6", 0x1f),
        };
        ProfileKit kit = new ProfileKit().Add(user: [10, 20, 30]).Add(user: [10, 20, 30]).Add(kernel: [Kernel], user: [20]).Add(user: [90]).Add();
        using SymbolCache symbols = await kit.ResolveAsync(names);

        Assert.Equal(
            "host;busy;[libc.so.6]+0x1f;ma:in_;hot 2\n"
            + "host;busy;[unknown] 2\n"
            + "host;busy;ma:in_;do_work_[k] 1\n",
            Written(output => FoldedText.Write(FlameNode.Of(kit.Profile, symbols), output)));
    }

    [Fact]
    public async Task Folded_ProcessGone_IsUnknown()
    {
        var names = new FakeSymbols { IsGone = true };
        ProfileKit kit = new ProfileKit().Add(user: [10]);
        using SymbolCache symbols = await kit.ResolveAsync(names);

        Assert.Equal("host;busy;[unknown] 1\n", Written(output => FoldedText.Write(FlameNode.Of(kit.Profile, symbols), output)));
    }

    [Fact]
    public async Task Table_Functions_AreSortedBySelf()
    {
        var names = new FakeSymbols { [10] = new Symbol("hot", "/bin/busy", 1), [20] = new Symbol("main", "/bin/busy", 1) };
        ProfileKit kit = new ProfileKit().Add(user: [10, 20]).Add(user: [10, 10, 20]).Add(user: [10, 20]).Add(user: [20]);
        using SymbolCache symbols = await kit.ResolveAsync(names);

        string[] lines = Written(output => new FunctionTableText().Write(kit.Profile, symbols, 0, 3, output)).Split('\n');

        Assert.Equal(["SELF%", "TOTAL%", "SAMPLES", "FUNCTION", "MODULE", "CONTAINER", "PID", "COMM"], Words(lines[0]));
        Assert.Equal(["75.0", "75.0", "3", "hot", "busy", "-", "42", "busy"], Words(lines[1]));
        Assert.Equal(["25.0", "100.0", "1", "main", "busy", "-", "42", "busy"], Words(lines[2]));
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Written(Action<ArrayBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
