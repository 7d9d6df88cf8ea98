using System.Net;
using Eunomia.Core.Events;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Enforcement;

namespace Eunomia.Core.Tests.Rules;

public sealed class KernelReducerTests
{
    private static readonly Condition Exec = Is("evt.type", "execve");
    private static readonly Condition Connect = Is("evt.type", "connect");
    private static readonly Condition Open = Is("evt.type", "openat");

    [Fact]
    public void Exec_OfAPath_IsOneForm()
    {
        KernelForm form = Assert.Single(Forms(All(Exec, Is("proc.exepath", "/usr/bin/nc")), denies: false));

        Assert.Equal(new KernelMatcher(EnforceOperation.Exec) { Exe = new KernelText("/usr/bin/nc") }, form.Matcher);
        Assert.Empty(form.Containers);
    }

    [Fact]
    public void Names_OfAList_AreAFormEach()
    {
        IReadOnlyList<KernelForm> forms = Forms(All(Exec, Compare("proc.name", ComparisonOperator.In, "nc", "ncat")), denies: false);

        Assert.Equal(["nc", "ncat"], forms.Select(form => form.Matcher.Comm!.Text));
    }

    [Fact]
    public void Alternatives_OfAnEvent_AreThoseOfBoth()
    {
        Condition condition = new Disjunction([All(Exec, Is("proc.name", "nc")), All(Connect, Is("fd.rport", "4444"))]);

        IReadOnlyList<KernelForm> forms = Forms(condition, denies: true);

        Assert.Equal([EnforceOperation.Exec, EnforceOperation.Connect], forms.Select(form => form.Matcher.Operation));
        Assert.Equal(((ushort)4444, (ushort)4444), forms[1].Matcher.Ports);
    }

    [Fact]
    public void Negation_OfAnAlternative_IsPushedInwards()
    {
        Condition condition = All(Exec, new Negation(new Disjunction([Is("user.uid", "0"), Is("proc.name", "sh")])));

        KernelForm form = Assert.Single(Forms(condition, denies: false));

        Assert.Equal(new KernelNumber(0, IsNegated: true), form.Matcher.Uid);
        Assert.Equal(new KernelText("sh", IsNegated: true), form.Matcher.Comm);
    }

    [Fact]
    public void Containers_AreToldByTheirNames()
    {
        Condition condition = All(
            Exec, Compare("container.id", ComparisonOperator.NotEqual, "host"), Compare("container.image", ComparisonOperator.StartsWith, "nginx"),
            Is("proc.name", "sh"));

        ContainerScope scope = Assert.Single(Assert.Single(Forms(condition, denies: false)).Containers);

        Assert.True(scope.Fits("nginx:1.27"));
        Assert.False(scope.Fits("redis"));
        Assert.False(scope.Fits(null));
    }

    [Fact]
    public void Networks_AndPortRanges_Reduce()
    {
        Condition condition = All(
            Connect, new Negation(Compare("fd.rnet", ComparisonOperator.In, "10.0.0.0/8")), Compare("fd.rport", ComparisonOperator.Greater, "1023"));

        KernelMatcher matcher = Assert.Single(Forms(condition, denies: true)).Matcher;

        Assert.Equal((IPNetwork.Parse("10.0.0.0/8"), true), (matcher.Network, matcher.IsNetworkNegated));
        Assert.Equal(((ushort)1024, ushort.MaxValue), matcher.Ports);
    }

    [Theory]
    [InlineData("evt.is_open_write", new[] { EnforceOperation.OpenWrite })]
    [InlineData("evt.is_open_read", new[] { EnforceOperation.OpenRead })]
    public void Opens_ForOneWay_AreTold(string field, EnforceOperation[] wanted)
    {
        IReadOnlyList<KernelForm> forms = Forms(All(Open, Is(field, "true"), Is("fd.name", "/etc/shadow")), denies: true);

        Assert.Equal(wanted, forms.Select(form => form.Matcher.Operation));
    }

    [Fact]
    public void PathsAboveAFile_AreItselfAndWhatLiesInIt()
    {
        IReadOnlyList<KernelForm> forms = Forms(
            All(Open, Is("evt.is_open_write", "true"), Compare("fd.name", ComparisonOperator.PMatch, "/etc/")), denies: true);

        Assert.Equal([new KernelText("/etc"), new KernelText("/etc/", IsPrefix: true)], forms.Select(form => form.Matcher.Path));
    }

    [Fact]
    public void Success_IsWhatWouldHappen()
    {
        Assert.NotEmpty(Forms(All(Exec, Is("evt.res", "SUCCESS"), Is("proc.name", "nc")), denies: false));
    }

    [Theory]
    [InlineData("proc.cmdline", ComparisonOperator.Contains, "-e", "the kernel cannot decide 'proc.cmdline contains -e'")]
    [InlineData("proc.pname", ComparisonOperator.Equal, "nginx", "the kernel cannot decide 'proc.pname = nginx'")]
    [InlineData("proc.name", ComparisonOperator.StartsWith, "nc", "the kernel cannot decide 'proc.name startswith nc'")]
    [InlineData("proc.name", ComparisonOperator.Equal, "a-name-of-16-byte", "'a-name-of-16-byte' has not 1 to 15 bytes (proc.name = a-name-of-16-byte)")]
    [InlineData("container.id", ComparisonOperator.Equal, "host", "it is about the host (container.id = host); policies are for containers")]
    [InlineData("evt.res", ComparisonOperator.Equal, "EPERM", "the kernel cannot decide 'evt.res = EPERM'")]
    [InlineData("fd.name", ComparisonOperator.Equal, "/x", "the kernel cannot decide 'fd.name = /x'")]
    public void Parts_ThatTheKernelCannotDecide_AreNamed(string field, ComparisonOperator comparison, string value, string wanted)
    {
        KernelReduction kill = KernelReducer.Reduce(All(Exec, Compare(field, comparison, value)), denies: false, EnforcementAbilities.Full);
        KernelReduction deny = KernelReducer.Reduce(All(Exec, Compare(field, comparison, value)), denies: true, EnforcementAbilities.Full);

        Assert.Equal(($"reacts after the event: {wanted}", $"cannot be denied: {wanted}"), (kill.Problem, deny.Problem));
        Assert.False(kill.IsInKernel);
        Assert.Empty(kill.Forms);
    }

    [Fact]
    public void Negations_OfSeveralValues_AreRefused()
    {
        KernelReduction reduction = KernelReducer.Reduce(
            All(Exec, new Negation(Compare("proc.name", ComparisonOperator.In, "a", "b"))), denies: false, EnforcementAbilities.Full);

        Assert.Contains("one value that must differ, not several (not proc.name in a, b)", reduction.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Conditions_WithoutAnEvent_AreRefused()
    {
        Assert.Contains("which event it is about", Problem(Is("proc.name", "nc"), denies: false), StringComparison.Ordinal);
        Assert.Contains("never comes true", Problem(All(Is("evt.type", "ptrace"), Is("proc.name", "nc")), denies: false), StringComparison.Ordinal);
    }

    [Fact]
    public void Alternatives_BeyondTheBound_AreRefused()
    {
        string[] names = [.. Enumerable.Range(0, 17).Select(n => $"n{n}")];
        string[] ports = [.. Enumerable.Range(1, 17).Select(n => $"{n}")];
        Condition condition = All(Connect, Compare("proc.name", ComparisonOperator.In, names), Compare("fd.rport", ComparisonOperator.In, ports));

        Assert.Contains("more than 256 alternatives", Problem(condition, denies: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Hosts_ThatLackSomething_SaySo()
    {
        var host = new EnforcementAbilities(KillsAtExec: true, DeniesNetwork: false, HasLsm: false);

        Assert.Equal(
            "cannot be denied: denying exec needs the kernel's BPF LSM, which this host does not have; kill works",
            KernelReducer.Reduce(All(Exec, Is("proc.name", "nc")), denies: true, host).Problem);
        Assert.Equal(
            "cannot be denied: this host cannot deny network calls",
            KernelReducer.Reduce(All(Connect, Is("proc.name", "nc")), denies: true, host).Problem);
        Assert.Equal(
            "reacts after the event: the kernel can deny a network call, not kill for it",
            KernelReducer.Reduce(All(Connect, Is("proc.name", "nc")), denies: false, EnforcementAbilities.Full).Problem);
        Assert.True(KernelReducer.Reduce(All(Exec, Is("proc.name", "nc")), denies: false, host).IsInKernel);
    }

    private static IReadOnlyList<KernelForm> Forms(Condition condition, bool denies)
    {
        KernelReduction reduction = KernelReducer.Reduce(condition, denies, EnforcementAbilities.Full);
        Assert.Null(reduction.Problem);
        return reduction.Forms;
    }

    private static string? Problem(Condition condition, bool denies) => KernelReducer.Reduce(condition, denies, EnforcementAbilities.Full).Problem;

    private static Conjunction All(params Condition[] parts) => new(ValueList.Create<Condition>(parts));

    private static Comparison Is(string field, string value) => Compare(field, ComparisonOperator.Equal, value);

    private static Comparison Compare(string field, ComparisonOperator comparison, params string[] values) => new(
        new FieldOperand(field, null, default), comparison,
        ValueList.Create<Operand>(Array.ConvertAll(values, value => (Operand)new LiteralOperand(value, default))), default);
}
