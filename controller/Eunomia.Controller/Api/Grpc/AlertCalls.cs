using Eunomia.Controller.Hosting;
using Eunomia.Core.Rules;
using Eunomia.Protocol.V1;
using Grpc.Core;
using Alert = Eunomia.Core.Rules.Alerts.Alert;
using AlertFilter = Eunomia.Controller.Hosting.AlertFilter;

namespace Eunomia.Controller.Api.Grpc;

/// <summary>Rules that fired.</summary>
internal sealed class AlertCalls(Daemon daemon) : AlertService.AlertServiceBase
{
    private const int BatchSize = 100;

    public override Task<ListAlertsResponse> ListAlerts(ListAlertsRequest request, ServerCallContext context)
    {
        (IReadOnlyList<Alert> alerts, ulong forgotten) = daemon.Alerts.List(Read(request.Filter));
        var answer = new ListAlertsResponse { Forgotten = forgotten };
        answer.Alerts.AddRange(alerts.Select(ApiMapping.ToMessage));
        return Task.FromResult(answer);
    }

    public override async Task StreamAlerts(
        StreamAlertsRequest request, IServerStreamWriter<AlertBatch> responseStream, ServerCallContext context)
    {
        CancellationToken cancel = context.CancellationToken;
        AlertStream stream = daemon.Alerts.Open(Read(request.Filter), request.NewOnly, ApiServer.PeerOf(context).Uid)
            ?? throw new RpcException(new Status(
                StatusCode.ResourceExhausted, $"{AlertHub.MostStreams} clients follow alerts already, which is as many as may"));
        try
        {
            await responseStream.WriteAsync(new AlertBatch { Forgotten = stream.Forgotten }, cancel).ConfigureAwait(false);
            while (await stream.TakeAsync(BatchSize, cancel).ConfigureAwait(false) is { Count: > 0 } alerts)
            {
                var batch = new AlertBatch { Lost = stream.Lost };
                batch.Alerts.AddRange(alerts.Select(ApiMapping.ToMessage));
                await responseStream.WriteAsync(batch, cancel).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The client has gone.
        }
        finally
        {
            daemon.Alerts.Close(stream);
        }
    }

    private static AlertFilter Read(Protocol.V1.AlertFilter? filter) => filter is null ? AlertFilter.Any : new AlertFilter
    {
        SinceUnixNs = filter.SinceUnixNs,
        LeastPriority = ApiMapping.ToCore(filter.LeastPriority) ?? RulePriority.Debug,
        Containers = EventCalls.Selectors(filter.Containers, "filter.containers"),
        Rules = [.. filter.Rules],
    };
}
