using Eunomia.Controller.Enforcement;
using Eunomia.Controller.Exports.Delivery;
using Eunomia.Controller.Hosting;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Rules;
using Eunomia.Protocol;
using Eunomia.Protocol.V1;
using Grpc.Core;
using CollectorStatus = Eunomia.Protocol.Collector.V1.GetStatusResponse;

namespace Eunomia.Controller.Api.Grpc;

/// <summary>How the daemon is.</summary>
internal sealed class StatusCalls(Daemon daemon) : StatusService.StatusServiceBase
{
    private const int MostGaps = 100;

    public override async Task<GetStatusResponse> GetStatus(GetStatusRequest request, ServerCallContext context)
    {
        var answer = new GetStatusResponse
        {
            Version = daemon.Options.Version,
            Hostname = daemon.Options.Hostname,
            StartedUnixNs = daemon.StartedUnixNs,
            CollectorState = (Protocol.V1.CollectorState)((int)daemon.State + 1),
            CollectorSocket = daemon.Options.CollectorSocket,
            Scope = new Scope(),
            Rules = Rules(),
            Enforcement = Enforcement(),
        };
        answer.Scope.Containers.AddRange(daemon.Options.Containers.Select(selector => selector.Text));
        answer.Scope.Pids.AddRange(daemon.Options.Pids);
        answer.Events.AddRange(EventKinds.All.Where(daemon.Kinds.Contains).Select(EventKinds.Name));
        answer.Notices.AddRange(daemon.Notices);
        answer.Outputs.AddRange(daemon.Outlet.Status.Select(ToMessage));
        answer.Streams.AddRange(
            daemon.Events.Streams.Select(stream => stream.Account).Concat(daemon.Alerts.Streams).Select(ToMessage));
        if (await daemon.AskCollectorAsync(context.CancellationToken).ConfigureAwait(false) is { } collector)
        {
            AddCollector(answer, collector);
        }
        if (await daemon.AccountAsync().ConfigureAwait(false) is { } report)
        {
            answer.Ledger.AddRange(report.Rows.Select(ToMessage));
            answer.Gaps.AddRange(report.Gaps.TakeLast(MostGaps)
                .Select(gap => new Protocol.V1.LedgerGap { FromUnixNs = gap.FromUnixNs ?? 0, ToUnixNs = gap.ToUnixNs ?? 0 }));
        }
        return answer;
    }

    private RulesStatus Rules()
    {
        IReadOnlyList<RuleStatus> rules = daemon.Detection.Rules;
        return new RulesStatus
        {
            Loaded = (uint)rules.Count,
            Enabled = (uint)rules.Count(status => status.Rule.Enabled),
            Unobservable = (uint)rules.Count(status => status.Unobservable is not null),
            LoadedUnixNs = daemon.LoadedUnixNs,
            Alerts = daemon.Alerts.Total,
            ReloadError = daemon.ReloadError ?? "",
        };
    }

    private Protocol.V1.EnforcementStatus Enforcement()
    {
        EnforcementReport report = daemon.Enforcer.Report;
        var status = new Protocol.V1.EnforcementStatus
        {
            Mode = report.Mode.ToName(),
            Policies = (uint)report.Policies,
            Cgroups = (uint)report.Targets,
            Pinned = report.IsPinned,
            UnprotectedNs = report.Unprotected.Ticks * 100,
        };
        status.Problems.AddRange(report.Problems);
        return status;
    }

    // A rule's action may be several policies of the kernel's.
    private void AddDecisions(Protocol.V1.EnforcementStatus status, Protocol.Collector.V1.EnforcementStatus collector)
    {
        status.Undecided = collector.Undecided;
        status.Counts.AddRange(collector.Policies
            .Select(count => (Of: daemon.Enforcer.RuleOf(count.Id), count.Hits, count.WouldHave))
            .Where(count => count.Of is not null)
            .GroupBy(count => count.Of!.Value)
            .Select(group => new Protocol.V1.EnforcementCount
            {
                Rule = group.Key.Rule,
                Action = group.Key.Action.ToName(),
                Done = group.Aggregate(0UL, (sum, count) => sum + count.Hits),
                WouldHave = group.Aggregate(0UL, (sum, count) => sum + count.WouldHave),
            }));
    }

    private void AddCollector(GetStatusResponse answer, CollectorStatus collector)
    {
        if (collector.Enforcement is { } enforcement)
        {
            AddDecisions(answer.Enforcement, enforcement);
        }
        answer.CollectorVersion = collector.Version;
        answer.KernelRelease = collector.KernelRelease;
        answer.BootId = collector.BootId;
        answer.CgroupMode = collector.CgroupMode;
        answer.RingBytes = collector.RingBytes;
        answer.Cpus = collector.Cpus;
        answer.AbiVersion = collector.AbiVersion;
        answer.Trackers.AddRange(collector.Families.SelectMany(family => family.Family.ToNames().Select(name => new TrackerStatus
        {
            Name = name,
            State = (TrackerState)(int)family.State, // the same numbers, see both .proto files; a test compares them
            Hook = family.Hook,
            Reason = family.Reason,
        })));
        answer.CgroupLosses.AddRange(collector.CgroupLosses.Select(
            loss => new CgroupLoss { CgroupKey = loss.CgroupKey, LostRing = loss.LostRing }));
    }

    private static OutputStatus ToMessage(DeliveryStatus account) => new()
    {
        Name = account.Name,
        Offered = (ulong)(account.Received + account.Recovered),
        Delivered = (ulong)account.Delivered,
        Lost = (ulong)account.Lost,
        Waiting = (ulong)account.Waiting,
        Error = account.Failure ?? account.SpoolFailure ?? "",
    };

    private static StreamStatus ToMessage(StreamAccount account) => new()
    {
        What = account.What,
        Uid = account.Uid,
        SinceUnixNs = account.SinceUnixNs,
        Offered = account.Offered,
        Delivered = account.Delivered,
        Lost = account.Lost,
    };

    private static KindLedger ToMessage(LedgerRow row) => new()
    {
        Kind = row.Name,
        Offered = row.Offered,
        Delivered = row.Delivered,
        LostRing = row.LostByPlace.Ring,
        LostProgram = row.LostByPlace.Program,
        LostMap = row.LostByPlace.Map,
        LostCollector = row.LostByPlace.Collector,
        LostController = row.LostByPlace.Controller,
        LostUndelivered = row.LostByPlace.Undelivered,
    };
}
