using Eunomia.Core.Events;
using Eunomia.Core.Rules.Fields;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Rules;

/// <summary>docs/rules-fields.md lists every field as the catalog has it, and no other.</summary>
public sealed class FieldsPageTests
{
    private static readonly (string Name, EventKindSet Kinds)[] Groups =
    [
        ("`process.*`", EventKindSet.Of(EventKind.ProcessFork, EventKind.ProcessExec, EventKind.ProcessExit)),
        ("`container.*`", EventKindSet.Of(EventKind.ContainerCreate, EventKind.ContainerStart, EventKind.ContainerExit)),
        ("`cgroup.*`", EventKindSet.Of(EventKind.CgroupMkdir, EventKind.CgroupRmdir)),
        ("`file.*`", EventKinds.FilesTracker), ("`tcp.*`", EventKinds.TcpConnectTracker), ("`udp.*`", EventKinds.UdpTracker), ("`dns.*`", EventKinds.DnsTracker),
        ("`security.*`", EventKinds.SecurityTracker), ("`ipc.*`", EventKinds.IpcTracker), ("`perf.*`", EventKinds.PerfTracker),
    ];

    [Fact]
    public void Page_Table_IsTheCatalog()
    {
        string[] page = [.. File.ReadLines(RepositoryFiles.Path("docs", "rules-fields.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal))];
        string[] rows = [.. FieldCatalog.All.Select(Row)];

        Assert.Equal(string.Join('\n', rows), string.Join('\n', page));
    }

    private static string Row(FieldInfo field) =>
        $"| `{field.Name}{Argument(field.Argument)}` | {field.Type.ToString().ToLowerInvariant()}{(field.IsList ? ", several" : "")} | {(field.Unobservable is { } why ? "none: " + why : Kinds(field.Kinds))} | {field.Summary.Replace("|", "\\|", StringComparison.Ordinal)} |";

    private static string Argument(FieldArgument argument) => argument switch
    {
        FieldArgument.Index => "[number]",
        FieldArgument.OptionalIndex => "[number]?",
        FieldArgument.Key => "[name]",
        FieldArgument.OptionalKey => "[name]?",
        _ => "",
    };

    private static string Kinds(EventKindSet kinds)
    {
        EventKindSet all = EventKindSet.Of([.. EventKinds.All]);
        if (kinds == all)
        {
            return "all";
        }

        if (kinds == all.Except(EventKindSet.Of(EventKind.ContainerCreate)))
        {
            return "all with a process";
        }

        List<string> names = [];
        foreach ((string name, EventKindSet group) in Groups)
        {
            if (group.Except(kinds).IsEmpty)
            {
                names.Add(name);
                kinds = kinds.Except(group);
            }
        }

        names.AddRange(EventKinds.All.Where(kinds.Contains).Select(kind => $"`{EventKinds.Name(kind)}`"));
        return string.Join(", ", names);
    }
}
