using Eunomia.Core.Containers;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;
using V1 = Eunomia.Protocol.V1;

namespace Eunomia.Controller.Api;

/// <summary>Core's terms as the API's messages, and back.</summary>
internal static class ApiMapping
{
    public static V1.Container ToMessage(Container container) => new()
    {
        Id = container.Id,
        Runtime = container.Runtime,
        Name = container.Name ?? "",
        Image = container.Image ?? "",
        Pod = container.Pod ?? "",
        Namespace = container.Namespace ?? "",
    };

    public static V1.ListedContainer ToMessage(ContainerRow row)
    {
        var message = new V1.ListedContainer
        {
            Container = ToMessage(row.Container),
            State = (V1.ContainerState)((int)row.State + 1),
            PodUid = row.Container.PodUid ?? "",
            ParentId = row.Container.Parent?.Id ?? "",
            CreatedUnixNs = row.CreatedUnixNs ?? 0,
            StartedUnixNs = row.StartedUnixNs ?? 0,
        };
        message.Pids.AddRange(row.Pids);
        return message;
    }

    public static V1.Priority ToMessage(RulePriority priority) => (V1.Priority)((int)priority + 1);

    /// <summary>A priority; null where none is given.</summary>
    public static RulePriority? ToCore(V1.Priority priority) =>
        priority is >= V1.Priority.Emergency and <= V1.Priority.Debug ? (RulePriority)((int)priority - 1) : null;

    public static V1.Rule ToMessage(Hosting.RuleStatus status)
    {
        Rule rule = status.Rule;
        var message = new V1.Rule
        {
            Name = rule.Name,
            Description = rule.Description,
            Priority = ToMessage(rule.Priority),
            Enabled = rule.Enabled,
            Source = rule.Position.File is null ? "" : rule.Position.ToString(),
            Unobservable = status.Unobservable ?? "",
        };
        message.Tags.AddRange(rule.Tags);
        message.Actions.AddRange(rule.Actions.ToNames());
        return message;
    }

    public static V1.Alert ToMessage(Alert alert)
    {
        var message = new V1.Alert
        {
            Id = alert.Id.ToString(),
            Rule = alert.Rule,
            Priority = ToMessage(alert.Priority),
            Output = alert.Output,
            Fix = alert.Fix,
            TimeUnixNs = alert.TimeUnixNs,
            LastUnixNs = alert.LastUnixNs,
            Count = alert.Count,
            Event = alert.Event,
            Host = alert.Host,
            Capture = alert.Capture ?? "",
            Process = alert.Process is { } process ? ToMessage(process) : null,
            Container = alert.Container is { } container ? ToMessage(container) : null,
        };
        message.Tags.AddRange(alert.Tags);
        message.Ancestors.AddRange(alert.Ancestors.Select(ToMessage));
        message.Fields.AddRange(alert.Fields.Select(field =>
            new V1.AlertField { Name = field.Name, Value = field.Value, IsNumber = field.IsNumber }));
        message.Actions.AddRange(alert.Actions);
        message.Truncated.AddRange(alert.Truncated);
        return message;
    }

    public static Alert ToCore(V1.Alert message) => new()
    {
        Id = Guid.TryParse(message.Id, out Guid id) ? id : Guid.Empty,
        Rule = message.Rule,
        Priority = ToCore(message.Priority) ?? RulePriority.Warning,
        Output = message.Output,
        Fix = message.Fix,
        Tags = [.. message.Tags],
        TimeUnixNs = message.TimeUnixNs,
        LastUnixNs = message.LastUnixNs,
        Count = message.Count,
        Event = message.Event,
        Host = message.Host,
        Process = message.Process is { } process ? ToCore(process) : null,
        Ancestors = [.. message.Ancestors.Select(ToCore)],
        Container = message.Container is { } container ? ToCore(container) : null,
        Fields = [.. message.Fields.Select(field => new AlertField(field.Name, field.Value, field.IsNumber))],
        Actions = [.. message.Actions],
        Capture = message.Capture.Length > 0 ? message.Capture : null,
        Truncated = [.. message.Truncated],
    };

    private static V1.AlertProcess ToMessage(AlertProcess process)
    {
        var message = new V1.AlertProcess { Pid = process.Pid, StartUnixNs = process.StartUnixNs, HasArgs = process.Args is not null };
        if (process.Vpid is { } vpid)
        {
            message.Vpid = vpid;
        }
        if (process.Uid is { } uid)
        {
            message.Uid = uid;
        }
        if (process.Name is { } name)
        {
            message.Name = name;
        }
        if (process.Exe is { } exe)
        {
            message.Exe = exe;
        }
        message.Args.AddRange(process.Args ?? []);
        return message;
    }

    private static AlertProcess ToCore(V1.AlertProcess message) => new(message.Pid, message.StartUnixNs)
    {
        Vpid = message.HasVpid ? message.Vpid : null,
        Name = message.HasName ? message.Name : null,
        Exe = message.HasExe ? message.Exe : null,
        Args = message.HasArgs ? [.. message.Args] : null,
        Uid = message.HasUid ? message.Uid : null,
    };

    private static V1.Container ToMessage(AlertContainer container) => new()
    {
        Id = container.Id,
        Runtime = container.Runtime,
        Name = container.Name ?? "",
        Image = container.Image ?? "",
        Pod = container.Pod ?? "",
        Namespace = container.Namespace ?? "",
    };

    private static AlertContainer ToCore(V1.Container message) => new(message.Id, message.Runtime)
    {
        Name = NullIfEmpty(message.Name),
        Image = NullIfEmpty(message.Image),
        Pod = NullIfEmpty(message.Pod),
        Namespace = NullIfEmpty(message.Namespace),
    };

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
