using Eunomia.Controller.Hosting;
using Eunomia.Protocol.V1;
using Grpc.Core;

namespace Eunomia.Controller.Api.Grpc;

/// <summary>The rules in force.</summary>
internal sealed class RuleCalls(Daemon daemon) : RuleService.RuleServiceBase
{
    public override Task<ListRulesResponse> ListRules(ListRulesRequest request, ServerCallContext context)
    {
        var answer = new ListRulesResponse();
        answer.Rules.AddRange(daemon.Detection.Rules.Select(ApiMapping.ToMessage));
        return Task.FromResult(answer);
    }

    public override Task<ReloadResponse> Reload(ReloadRequest request, ServerCallContext context)
    {
        ReloadResult result = daemon.Reload();
        var answer = new ReloadResponse { Reloaded = result.Reloaded, Rules = (uint)daemon.Detection.Rules.Count };
        answer.Errors.AddRange(result.Errors);
        answer.Warnings.AddRange(result.Warnings);
        return Task.FromResult(answer);
    }
}
