using Eunomia.Core.Rules.Enforcement;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Enforcement;

/// <summary>What a collector does for its controller.</summary>
/// <param name="Signals">It sends signals and kills: <c>--allow signal</c>.</param>
/// <param name="Denies">It lets calls fail: <c>--allow deny</c>.</param>
/// <param name="Host">What its kernel can do.</param>
public sealed record EnforcementAllowance(bool Signals, bool Denies, EnforcementAbilities Host)
{
    /// <summary>What it does outlives it: <c>--pin</c>.</summary>
    public bool IsPinned { get; init; }

    /// <summary>No collector, no action.</summary>
    public static EnforcementAllowance None { get; } = new(false, false, new EnforcementAbilities(false, false, false));

    /// <summary>As its status says.</summary>
    public static EnforcementAllowance Of(EnforcementStatus? status) => status is null
        ? None
        : new EnforcementAllowance(
            status.AllowSignal, status.AllowDeny,
            new EnforcementAbilities(status.ExecKill?.Available ?? false, status.NetworkDeny?.Available ?? false, status.Lsm?.Available ?? false))
        {
            IsPinned = status.Pinned,
        };
}
