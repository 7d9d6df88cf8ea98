using System.Text;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Core.Processes;
using Eunomia.Core.Rules.Alerts;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Rules.Engine;

/// <summary>Makes an alert of a rule that fired: everything is copied, nothing of the event is kept.</summary>
internal sealed class AlertBuilder(string hostname, FieldScratch scratch)
{
    private const int MaxAncestors = 64;
    private readonly Utf8Buffer _work = new();

    internal Alert Build(CompiledRule rule, in EventView e)
    {
        long time = e.TimeUnixNs;
        return new Alert
        {
            Id = NewId(time),
            Rule = rule.Rule.Name,
            Priority = rule.Rule.Priority,
            Output = rule.Output.Render(e, scratch, _work),
            Fix = rule.Rule.Fix,
            Tags = rule.Rule.Tags,
            TimeUnixNs = time,
            LastUnixNs = time,
            Event = EventKinds.Name(e.Kind),
            Host = hostname,
            Process = ProcessOf(e),
            Ancestors = AncestorsOf(e),
            Container = e.Container is { } container ? Describe(container) : null,
            Fields = FieldsOf(rule, e),
            Truncated = TruncatedOf(e.Truncated),
        };
    }

    /// <summary>Version 7: sorted by the time of the event.</summary>
    private static Guid NewId(long unixNs) => Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(0, unixNs / 1_000_000)));

    private List<AlertField> FieldsOf(CompiledRule rule, in EventView e)
    {
        List<AlertField> fields = [];
        foreach (FieldReader field in rule.Fields)
        {
            _work.Clear();
            if (ValueText.TryAppend(field, e, scratch, _work))
            {
                bool isNumber = field.Shape == ValueShape.Number && field.Type != FieldType.Boolean && !field.IsMany;
                fields.Add(new AlertField(field.Name, Encoding.UTF8.GetString(_work.Written), isNumber));
            }
        }

        return fields;
    }

    private AlertProcess? ProcessOf(in EventView e)
    {
        if (!e.HasProcess)
        {
            return null;
        }

        ref readonly RecordHeader header = ref e.Record.Header;
        bool hasUser = ProcessFacts.TryGetUsers(e, out uint real, out uint _);
        bool hasArgs = e.Image is not null || e.Record.Shape == RecordShape.Exec;
        return new AlertProcess(header.Tgid, StartOf(e, header.StartNs))
        {
            StartNs = header.StartNs,
            Vpid = ProcessFacts.TryGetVpid(e, out uint vpid) ? vpid : null,
            Name = TextOrNull(ProcessFacts.Name(e, scratch)),
            Exe = TextOrNull(ProcessFacts.ExePath(e, scratch)),
            Args = hasArgs ? Strings(ProcessFacts.Args(e)) : null,
            Uid = hasUser ? real : null,
        };
    }

    private List<AlertProcess> AncestorsOf(in EventView e)
    {
        List<AlertProcess> ancestors = [];
        for (int depth = 1; depth <= MaxAncestors && scratch.TryGetAncestorWithin(e, depth, out Ancestor ancestor); depth++)
        {
            Process? living = scratch.FindLiving(e, depth);
            ancestors.Add(new AlertProcess(ancestor.Key.Pid, StartOf(e, ancestor.Key.StartNs))
            {
                Vpid = living is { Vpid: not 0 } ? living.Vpid : null,
                Name = ancestor.Image is { } named ? TextOrNull(named.Name) : null,
                Exe = ancestor.Image is { } image ? TextOrNull(image.Exe) : null,
                Args = ancestor.Image is { } known ? Strings(known.Args) : null,
                Uid = living?.Uid,
            });
        }

        return ancestors;
    }

    private static long StartOf(in EventView e, ulong startNs) => startNs == 0 ? 0 : (long)startNs + e.BootToUnixNs;

    private static AlertContainer Describe(Container container) => new(container.Id, container.Runtime)
    {
        CgroupKey = container.CgroupKeys is [var key, ..] ? key : 0,
        Name = container.Name,
        Image = container.Image,
        Pod = container.Pod,
        Namespace = container.Namespace,
    };

    private static List<string> TruncatedOf(Truncation cut)
    {
        List<string> parts = [];
        foreach (Truncation part in Enum.GetValues<Truncation>())
        {
            if (part != Truncation.None && (cut & part) != 0)
            {
                parts.Add(part.ToString().ToLowerInvariant());
            }
        }

        return parts;
    }

    private static string? TextOrNull(ReadOnlySpan<byte> text) => text.IsEmpty ? null : Encoding.UTF8.GetString(text);

    private static List<string> Strings(ReadOnlySpan<byte> list)
    {
        List<string> strings = [];
        foreach (ReadOnlySpan<byte> text in new NulList(list))
        {
            strings.Add(Encoding.UTF8.GetString(text));
        }

        return strings;
    }
}
