using System.Net;
using Eunomia.Controller.Enforcement;
using Eunomia.Core.Events;
using Eunomia.Core.Rules.Enforcement;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Tests.Enforcement;

public sealed class EnforcementRequestsTests
{
    private static readonly PolicyTarget Web = new([100, 200], HasStarted: true, new string('a', 64), "web", "nginx:1.27");
    private static readonly PolicyTarget Other = new([300], HasStarted: false, new string('b', 64), null, null);

    [Fact]
    public void Forms_ForDifferentContainers_ArePoliciesOfTheirOwn()
    {
        var exec = new KernelMatcher(EnforceOperation.Exec) { Comm = new KernelText("nc") };
        KernelPolicy policy = new(3, Denies: false, IsDryRun: true, [
            new KernelForm(exec, []), new KernelForm(exec with { Uid = new KernelNumber(0, IsNegated: true) }, []),
            new KernelForm(exec, [new ContainerScope(ContainerField.Image, "nginx", IsPrefix: true)]),
        ]);

        SetEnforcementRequest request = EnforcementRequests.Make([policy], [Web, Other]);

        Assert.Equal([0x300u, 0x301u], request.Policies.Select(p => p.Id));
        Assert.All(request.Policies, p => Assert.Equal((EnforcementAction.Kill, true, 3u), (p.Action, p.DryRun, EnforcementRequests.PolicyOf(p.Id))));
        Assert.Equal([0u, 0u, 1u], request.Matchers.Select(m => m.Policy));
        Assert.Equal([(100ul, 3ul, true), (200ul, 3ul, true), (300ul, 1ul, false)], request.Targets.Select(t => (t.CgroupKey, t.Policies, t.Started)));
        Assert.Equal((uint)(EnforcementField.Comm | EnforcementField.Uid), request.Matchers[1].Fields);
        Assert.Equal((uint)EnforcementField.Uid, request.Matchers[1].Negated);
    }

    [Fact]
    public void Networks_OfMappedAddresses_AreThoseOfIPv4()
    {
        var connect = new KernelMatcher(EnforceOperation.Connect) { Network = IPNetwork.Parse("::ffff:10.0.0.0/104"), Ports = (80, 90) };

        EnforcementMatcher matcher = EnforcementRequests.Make([new KernelPolicy(1, true, false, [new KernelForm(connect, [])])], [Web]).Matchers[0];

        Assert.Equal([10, 0, 0, 0], matcher.Address.ToByteArray());
        Assert.Equal((8u, 80u, 90u), (matcher.PrefixLength, matcher.PortFirst, matcher.PortLast));
    }

    [Fact]
    public void Containers_ThatNoPolicyIsFor_AreLeftOut()
    {
        var form = new KernelForm(new KernelMatcher(EnforceOperation.Exec), [new ContainerScope(ContainerField.Id, new string('b', 12))]);

        SetEnforcementRequest request = EnforcementRequests.Make([new KernelPolicy(1, false, false, [form])], [Web, Other]);

        Assert.Equal(300ul, Assert.Single(request.Targets).CgroupKey);
    }

    [Fact]
    public void Policies_BeyondTheBound_AreRefused()
    {
        var form = new KernelForm(new KernelMatcher(EnforceOperation.Exec), []);
        KernelPolicy[] policies = [.. Enumerable.Range(1, 65).Select(id => new KernelPolicy((uint)id, false, false, [form]))];

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => EnforcementRequests.Make(policies, []));

        Assert.Contains("these rules need 65, 65 and 0", error.Message, StringComparison.Ordinal);
    }
}
