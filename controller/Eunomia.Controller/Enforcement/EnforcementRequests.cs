using System.Net;
using System.Net.Sockets;
using System.Text;
using Eunomia.Core.Rules.Enforcement;
using Eunomia.Protocol.Collector.V1;
using Google.Protobuf;

namespace Eunomia.Controller.Enforcement;

/// <summary>What the collector is asked for, from policies and the containers that live. Pure.</summary>
public static class EnforcementRequests
{
    private const int PoliciesMax = 64;
    private const int MatchersMax = 256;
    private const int TargetsMax = 1024;
    private const int ShortId = 12;
    private const int PartBits = 8; // of matchers there are no more

    /// <summary>Which policy it is that the collector knows by this number.</summary>
    public static uint PolicyOf(uint id) => id >> PartBits;

    /// <summary>
    /// Makes the request. Forms of one rule that are for different containers become policies of their own: see <see cref="PolicyOf"/>.
    /// </summary>
    /// <param name="policies">Of the rules that the kernel does.</param>
    /// <param name="containers">All that live.</param>
    /// <exception cref="InvalidOperationException">It is more than the kernel has room for.</exception>
    public static SetEnforcementRequest Make(IReadOnlyList<KernelPolicy> policies, IReadOnlyList<PolicyTarget> containers)
    {
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(containers);
        var request = new SetEnforcementRequest();
        var scopes = new List<IReadOnlyList<ContainerScope>>();
        foreach (KernelPolicy policy in policies)
        {
            uint part = 0;
            foreach (IGrouping<string, KernelForm> group in policy.Forms.GroupBy(form => string.Join('\n', form.Containers)))
            {
                scopes.Add(group.First().Containers);
                request.Matchers.AddRange(group.Select(form => Matcher(form.Matcher, (uint)request.Policies.Count)));
                request.Policies.Add(new EnforcementPolicy
                {
                    Id = (policy.Id << PartBits) | part++,
                    Action = policy.Denies ? EnforcementAction.Deny : EnforcementAction.Kill,
                    DryRun = policy.IsDryRun,
                });
            }
        }

        request.Targets.AddRange(containers.SelectMany(container => Targets(container, scopes)));
        CheckBounds(request);
        return request;
    }

    private static void CheckBounds(SetEnforcementRequest request)
    {
        if (request.Policies.Count > PoliciesMax || request.Matchers.Count > MatchersMax || request.Targets.Count > TargetsMax)
        {
            throw new InvalidOperationException(
                $"the kernel takes {PoliciesMax} policies of {MatchersMax} alternatives for {TargetsMax} cgroups; "
                + $"these rules need {request.Policies.Count}, {request.Matchers.Count} and {request.Targets.Count}");
        }
    }

    private static IEnumerable<EnforcementTarget> Targets(PolicyTarget container, List<IReadOnlyList<ContainerScope>> scopes)
    {
        ulong policies = 0;
        for (int i = 0; i < scopes.Count && i < PoliciesMax; i++)
        {
            policies |= scopes[i].All(scope => Fits(scope, container)) ? 1ul << i : 0;
        }

        return policies == 0
            ? []
            : container.CgroupKeys.Select(key => new EnforcementTarget { CgroupKey = key, Policies = policies, Started = container.HasStarted });
    }

    private static bool Fits(ContainerScope scope, PolicyTarget container) => scope.Field switch
    {
        ContainerField.Id => scope.Fits(scope.Text.Length <= ShortId && !scope.IsPrefix && container.Id.Length > ShortId ? container.Id[..ShortId] : container.Id),
        ContainerField.Name => scope.Fits(container.Name),
        ContainerField.Image => scope.Fits(container.Image),
        _ => false,
    };

    private static EnforcementMatcher Matcher(KernelMatcher from, uint policy)
    {
        var matcher = new EnforcementMatcher { Policy = policy, Operation = (EnforcementOperation)from.Operation };
        if (from.Exe is { } exe)
        {
            matcher.Exe = ByteString.CopyFrom(exe.Text, Encoding.UTF8);
            Compare(matcher, exe.IsPrefix ? EnforcementField.ExePrefix : EnforcementField.Exe, exe.IsNegated);
        }

        if (from.Path is { } path)
        {
            matcher.Path = ByteString.CopyFrom(path.Text, Encoding.UTF8);
            Compare(matcher, path.IsPrefix ? EnforcementField.PathPrefix : EnforcementField.Path, path.IsNegated);
        }

        if (from.Comm is { } comm)
        {
            matcher.Comm = ByteString.CopyFrom(comm.Text, Encoding.UTF8);
            Compare(matcher, EnforcementField.Comm, comm.IsNegated);
        }

        if (from.Uid is { } uid)
        {
            matcher.Uid = uid.Value;
            Compare(matcher, EnforcementField.Uid, uid.IsNegated);
        }

        AddEndpoint(matcher, from);
        return matcher;
    }

    /// <summary>The kernel sees IPv4 in IPv6 as IPv4, so a network of such is one of IPv4.</summary>
    private static void AddEndpoint(EnforcementMatcher matcher, KernelMatcher from)
    {
        if (from.Network is { } network)
        {
            IPAddress address = network.BaseAddress;
            bool isMapped = address.AddressFamily == AddressFamily.InterNetworkV6 && address.IsIPv4MappedToIPv6;
            matcher.Address = ByteString.CopyFrom((isMapped ? address.MapToIPv4() : address).GetAddressBytes());
            matcher.PrefixLength = (uint)(isMapped ? network.PrefixLength - 96 : network.PrefixLength);
            Compare(matcher, EnforcementField.Address, from.IsNetworkNegated);
        }

        if (from.Ports is { } ports)
        {
            (matcher.PortFirst, matcher.PortLast) = ports;
            Compare(matcher, EnforcementField.Port, from.IsPortNegated);
        }
    }

    private static void Compare(EnforcementMatcher matcher, EnforcementField field, bool negated)
    {
        matcher.Fields |= (uint)field;
        matcher.Negated |= negated ? (uint)field : 0;
    }
}
