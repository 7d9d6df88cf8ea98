using Eunomia.Controller.Hosting;
using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Tests.Fakes;

/// <summary>No rules: the daemon serves events and containers only.</summary>
internal sealed class NoDetection : IDetection, IEventSink
{
    /// <inheritdoc/>
    public event Action<Alert>? Fired
    {
        add { }
        remove { }
    }

    /// <inheritdoc/>
    public Demand Demand => Demand.Least;

    /// <inheritdoc/>
    public IEventSink Sink => this;

    /// <inheritdoc/>
    public IReadOnlyList<RuleStatus> Rules => [];

    /// <inheritdoc/>
    public void Begin(EventPipeline pipeline)
    {
    }

    /// <inheritdoc/>
    public void OnEvent(in EventView e)
    {
    }

    /// <inheritdoc/>
    public ReloadResult Reload(IReadOnlyList<string> paths) => ReloadResult.Success;

    /// <inheritdoc/>
    public Alert? Describe(string rule, in EventView e) => null;

    /// <inheritdoc/>
    public IEventCondition? Compile(string condition, out string? reason)
    {
        reason = "this daemon has no rules, and so does not read their language";
        return null;
    }
}
