using Eunomia.Controller.Enforcement;
using Eunomia.Controller.Hosting;
using Eunomia.Controller.Rules;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Enforcement;

namespace Eunomia.Controller.Tests.Enforcement;

public sealed class EnforcementPlanTests
{
    private const string Exec = "evt.type = execve and proc.exepath = /bin/nc";
    private static readonly EnforcementAllowance All = new(true, true, EnforcementAbilities.Full);

    [Fact]
    public void Off_DoesNothing_AndSaysSo()
    {
        EnforcementPlan plan = Plan(Rule(Exec, "kill"), EnforcementMode.Off, All);

        Assert.Empty(plan.Policies);
        Assert.Equal(["rule 'R': its actions are not done: enforcement is off (--enforce on, or dry-run)"], plan.Problems);
    }

    [Theory]
    [InlineData(EnforcementMode.On, false)]
    [InlineData(EnforcementMode.DryRun, true)]
    public void Kill_AtExec_IsTheKernelsAndOursIfThatFails(EnforcementMode mode, bool isDryRun)
    {
        EnforcementPlan plan = Plan(Rule(Exec, "kill"), mode, All);

        KernelPolicy policy = Assert.Single(plan.Policies);
        Assert.Equal((1u, false, isDryRun), (policy.Id, policy.Denies, policy.IsDryRun));
        Assert.Equal((true, RuleActions.Kill), (plan.Rules["R"].IsInKernel, plan.Rules["R"].After));
        Assert.Empty(plan.Problems);
    }

    [Fact]
    public void Kill_ThatTheKernelCannotDecide_ReactsAfterTheEvent()
    {
        EnforcementPlan plan = Plan(Rule("evt.type = execve and proc.args contains x", "kill"), EnforcementMode.On, All);

        Assert.Empty(plan.Policies);
        Assert.Equal((false, RuleActions.Kill), (plan.Rules["R"].IsInKernel, plan.Rules["R"].After));
        Assert.Equal(["rule 'R': reacts after the event: the kernel cannot decide 'proc.args contains x'"], plan.Problems);
    }

    [Fact]
    public void Deny_OfWhatThisHostCannot_IsSaidAndNotDone()
    {
        EnforcementPlan plan = Plan(Rule(Exec, "deny"), EnforcementMode.On, All with { Host = new EnforcementAbilities(true, true, false) });

        Assert.Empty(plan.Policies);
        Assert.Contains("needs the kernel's BPF LSM", Assert.Single(plan.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kill", "nothing is killed: the collector was started without --allow signal")]
    [InlineData("kill-container", "nothing is killed: the collector was started without --allow signal")]
    [InlineData("deny", "nothing is denied: the collector was started without --allow deny")]
    public void ACollectorThatDoesNotAllowIt_IsNamed(string action, string problem)
    {
        EnforcementPlan plan = Plan(Rule(Exec, action), EnforcementMode.On, All with { Signals = false, Denies = false });

        Assert.Empty(plan.Policies);
        Assert.Equal(RuleActions.None, plan.Rules["R"].After);
        Assert.Equal([$"rule 'R': {problem}"], plan.Problems);
    }

    [Fact]
    public void Sequence_ReactsAfterTheEvent_WhateverItsLastStepIs()
    {
        RuleStatus sequence = Rule(Exec, "kill") with { IsSequence = true };

        EnforcementPlan plan = Plan(sequence, EnforcementMode.On, All);

        Assert.Empty(plan.Policies);
        Assert.Equal(RuleActions.Kill, plan.Rules["R"].After);
    }

    [Fact]
    public void Rules_KeepTheirNumbers_WhateverElseIsLoaded()
    {
        var ids = new PolicyIds();
        RuleStatus first = Rule(Exec, "kill"), second = Rule(Exec, "kill", "S");
        EnforcementPlan.Make([first, second], EnforcementMode.On, All, ids);

        KernelPolicy policy = Assert.Single(EnforcementPlan.Make([second], EnforcementMode.On, All, ids).Policies);

        Assert.Equal(2u, policy.Id);
        Assert.Equal(("S", RuleActions.Kill), ids.Find(2));
        Assert.Null(ids.Find(0));
        Assert.Null(ids.Find(3));
    }

    [Fact]
    public void Deny_ThatNoKernelCanDecide_IsAnErrorOfTheFile()
    {
        LoadedRules loaded = Load("evt.type = connect and proc.args contains x", "deny", "R");

        Assert.True(loaded.HasErrors);
        Assert.Contains("rule 'R': cannot be denied: the kernel cannot decide 'proc.args contains x'", loaded.Diagnostics[0].ToString(), StringComparison.Ordinal);
    }

    private static EnforcementPlan Plan(RuleStatus rule, EnforcementMode mode, EnforcementAllowance allowed) =>
        EnforcementPlan.Make([rule], mode, allowed, new PolicyIds());

    private static RuleStatus Rule(string condition, string action, string name = "R") => new(Assert.Single(Load(condition, action, name).Set.Rules));

    private static LoadedRules Load(string condition, string action, string name) =>
        new RuleLoader().AddText("r.toml", $"[[rule]]\nname = \"{name}\"\noutput = \"x\"\ncondition = \"{condition}\"\nactions = [\"{action}\"]\n").Load();
}
