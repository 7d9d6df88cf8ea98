using System.Text.Json;
using System.Text.RegularExpressions;
using Eunomia.Core.Events;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Output;

/// <summary>docs/events.md says exactly what the writer writes.</summary>
public sealed partial class EventsPageTests
{
    /// <summary>Objects whose members are data: their names are not part of the shape.</summary>
    private static readonly string[] FreeNames = ["process.env", "syscall.args", "syscall.errnos"];

    private static readonly string Page = File.ReadAllText(RepositoryFiles.Path("docs", "events.md"));

    [Fact]
    public void Page_Kinds_AreThoseOfTheCode()
    {
        string[] documented = [.. Rows("## Kinds").Select(cells => cells[0]).Order(StringComparer.Ordinal)];

        Assert.Equal(EventKinds.All.Select(EventKinds.Name).Order(StringComparer.Ordinal), documented);
    }

    [Fact]
    public void Page_Members_AreThoseWritten()
    {
        string[] documented = [.. Rows("## Members").Select(cells => cells[0]).Order(StringComparer.Ordinal)];
        string[] written = [.. SampleEvents.All().SelectMany(e => Members(e.Json, "")).Distinct().Order(StringComparer.Ordinal)];

        Assert.Equal(documented, written);
    }

    [Fact]
    public void Page_EventsOfAMember_AreThoseThatHaveIt()
    {
        ILookup<string, SeenEvent> byKind = SampleEvents.All().ToLookup(e => EventKinds.Name(e.Kind));
        foreach (string[] row in Rows("## Members"))
        {
            string[] having = [.. byKind.Where(kind => kind.Any(e => Members(e.Json, "").Contains(row[0]))).Select(kind => kind.Key).Order(StringComparer.Ordinal)];
            string[] documented = [.. byKind.Where(kind => IsCovered(row[2], kind)).Select(kind => kind.Key).Order(StringComparer.Ordinal)];
            if (row[0] != "truncated")
            {
                Assert.True(documented.SequenceEqual(having), $"{row[0]}: the page says {string.Join(' ', documented)}, written in {string.Join(' ', having)}");
            }
        }
    }

    [Fact]
    public void Page_TypeOfAMember_IsTheOneWritten()
    {
        Dictionary<string, string> types = Rows("## Members").ToDictionary(cells => cells[0], cells => cells[1]);
        foreach ((string name, JsonElement value) in SampleEvents.All().SelectMany(e => Values(e.Json, "")))
        {
            if (types.TryGetValue(name, out string? type))
            {
                Assert.Equal((name, type.Split(' ')[0]), (name, TypeOf(value)));
            }
        }
    }

    [Theory]
    [InlineData("process.exe_flags", new[] { "memfd", "upper_layer", "writable", "unlinked" })]
    [InlineData("file.path_source", new[] { "dentry", "lexical", "raw" })]
    [InlineData("file.type", new[] { "regular", "directory", "symlink", "fifo", "socket", "character_device", "block_device" })]
    [InlineData("network.transport", new[] { "tcp", "udp", "unix" })]
    [InlineData("network.end_reason", new[] { "idle", "closed" })]
    [InlineData("dns.malformed", new[] { "header", "question", "answer", "authority", "additional", "trailing" })]
    [InlineData("network.type", new[] { "ipv4", "ipv6" })]
    [InlineData("network.direction", new[] { "outbound", "inbound", "listen" })]
    [InlineData("ipc.type", new[] { "pipe", "fifo", "unix", "sysv_shm", "sysv_msg", "sysv_sem", "posix_mq", "posix_shm" })]
    [InlineData("ipc.role", new[] { "reader", "writer", "reader_writer", "client", "server", "listener", "bound", "pair" })]
    [InlineData("ipc.socket_type", new[] { "stream", "dgram", "seqpacket" })]
    [InlineData("signal.result", new[] { "delivered", "ignored", "already_pending", "overflow", "info_lost" })]
    [InlineData("enforcement.operation", new[] { "exec", "open_read", "open_write", "connect", "send", "bind" })]
    [InlineData("enforcement.action", new[] { "killed", "denied" })]
    [InlineData("truncated", new[] { "exe", "args", "cwd", "filename", "env", "cgroup", "source", "name", "data", "path", "path_raw", "new_path", "new_path_raw", "target_path", "message", "stack", "syscall.args" })]
    public void Page_WordsOfAList_AreAllSaid(string member, string[] words)
    {
        string meaning = Rows("## Members").Single(cells => cells[0] == member)[3];

        Assert.Equal(words, Quoted().Matches(meaning).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void Members_NotKnown_AreLeftOut()
    {
        foreach (SeenEvent e in SampleEvents.Bare())
        {
            string[] members = [.. Members(e.Json, "")];
            Assert.Empty(members.Intersect(["process.vpid", "process.exe", "process.args", "process.cwd", "process.start_time",
                "process.loginuid", "container.id", "truncated", "process.ancestors"]));
            Assert.DoesNotContain("null", e.Line, StringComparison.Ordinal);
        }
    }

    private static bool IsCovered(string events, IGrouping<string, SeenEvent> kind)
    {
        bool hasProcess = kind.Any(e => e.Json.TryGetProperty("process", out _));
        return events switch
        {
            "all" => true,
            "all with `process`" => hasProcess,
            "all in a container" => true,
            _ => Quoted().Matches(events).Select(match => match.Groups[1].Value).Any(pattern =>
                pattern == kind.Key || (pattern.EndsWith('*') && kind.Key.StartsWith(pattern[..^1], StringComparison.Ordinal) && hasProcess)),
        };
    }

    private static IEnumerable<string> Members(JsonElement element, string prefix) => Values(element, prefix).Select(pair => pair.Name).Distinct();

    private static IEnumerable<(string Name, JsonElement Value)> Values(JsonElement element, string prefix)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            string name = prefix + property.Name;
            bool isShapeless = name is "process" or "container" or "cgroup" or "exit" or "file" or "network" or "network.local" or "network.peer"
                or "security" or "security.target" or "security.target.container" or "security.requested" or "security.before" or "security.after"
                or "ipc" or "signal" or "signal.target" or "signal.target.container" or "ipc.peer.container" or "syscall"
                or "dns" or "dns.question" or "perf" or "perf.context_switches" or "perf.page_faults"
                or "enforcement";
            if (!isShapeless)
            {
                yield return (name, property.Value);
            }

            IEnumerable<JsonElement> inner = property.Value.ValueKind switch
            {
                JsonValueKind.Object when !FreeNames.Contains(name) => [property.Value],
                JsonValueKind.Array => property.Value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object),
                _ => [],
            };
            foreach ((string, JsonElement) value in inner.SelectMany(item => Values(item, name + ".")))
            {
                yield return value;
            }
        }
    }

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.Array => "array",
        _ => "object",
    };

    /// <summary>Cells of the table below a heading; the first one without its quotes.</summary>
    private static IEnumerable<string[]> Rows(string heading)
    {
        string section = Page[Page.IndexOf(heading, StringComparison.Ordinal)..].Split("\n## ")[0];
        return section.Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray())
            .Select(cells => (string[])[cells[0].Trim('`'), .. cells[1..]]);
    }

    [GeneratedRegex("`([a-z0-9_.*]+)`")]
    private static partial Regex Quoted();
}
