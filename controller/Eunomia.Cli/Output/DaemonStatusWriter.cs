using System.Globalization;
using System.Text;
using System.Text.Json;
using Eunomia.Core.Events;
using Eunomia.Protocol.V1;

namespace Eunomia.Cli.Output;

/// <summary>A daemon's status, for people or as one JSON object: a collector's, and what the daemon knows besides.</summary>
internal static class DaemonStatusWriter
{
    public static void Write(GetStatusResponse status, string socketPath, OutputFormat format, TextWriter output)
    {
        if (format == OutputFormat.Json)
        {
            output.WriteLine(ToJson(status, socketPath));
        }
        else
        {
            WriteText(status, socketPath, output);
        }
    }

    private static void WriteText(GetStatusResponse status, string socketPath, TextWriter output)
    {
        Line(output, $"daemon      {status.Version} at {socketPath}, since {UnixTime.Text(status.StartedUnixNs)}");
        Line(output, $"collector   {status.CollectorVersion} at {status.CollectorSocket}, {Name(status.CollectorState)}");
        if (status.CollectorVersion.Length > 0)
        {
            Line(output, $"kernel      {status.KernelRelease}, boot {status.BootId}, cgroups {status.CgroupMode}");
            Line(output, $"record ABI  {status.AbiVersion}; this eunomiactl reads {RecordAbi.Version}");
            Line(output, $"rings       {status.RingBytes / 1024} KiB in all, {status.Cpus} CPUs");
        }
        if (status.Scope.Containers.Count + status.Scope.Pids.Count > 0)
        {
            Line(output, $"only        {string.Join(", ", status.Scope.Containers.Concat(status.Scope.Pids.Select(pid => $"pid {pid}")))}");
        }
        WriteRules(status.Rules, output);
        WriteEnforcement(status.Enforcement, output);
        foreach (TrackerStatus tracker in status.Trackers)
        {
            string reason = tracker.Reason.Length > 0 ? $": {tracker.Reason}" : "";
            string hook = tracker.Hook.Length > 0 ? $" through {tracker.Hook}" : "";
            Line(output, $"tracker     {tracker.Name} {Name(tracker.State)}{hook}{reason}");
        }
        foreach (KindLedger row in status.Ledger.Where(row => row.Offered > 0))
        {
            Line(output, $"ledger      {row.Kind} offered={row.Offered} delivered={row.Delivered} lost={Lost(row)}");
        }
        foreach (LedgerGap gap in status.Gaps)
        {
            Line(output, $"gap         from={Time(gap.FromUnixNs)} to={Time(gap.ToUnixNs)} count=unknown");
        }
        WriteDestinations(status, output);
    }

    private static void WriteRules(RulesStatus rules, TextWriter output)
    {
        string unobservable = rules.Unobservable > 0 ? string.Create(CultureInfo.InvariantCulture, $", {rules.Unobservable} of them not observable here") : "";
        Line(output, $"rules       {rules.Loaded} loaded, {rules.Enabled} enabled{unobservable}; {rules.Alerts} alerts");
        if (rules.ReloadError.Length > 0)
        {
            Line(output, $"reload      failed: {rules.ReloadError}");
        }
    }

    // Nothing, where no rule asks for anything.
    private static void WriteEnforcement(EnforcementStatus enforcement, TextWriter output)
    {
        if (enforcement.Mode != "off")
        {
            string without = enforcement.UnprotectedNs > 0
                ? string.Create(CultureInfo.InvariantCulture, $"; not in force for {enforcement.UnprotectedNs / 1e9:0.0} s, without collector")
                : "";
            string pinned = enforcement.Pinned ? ", pinned" : "";
            Line(output, $"enforcement {enforcement.Mode}{pinned}: {enforcement.Policies} policies in the kernel for {enforcement.Cgroups} cgroups; {enforcement.Undecided} calls undecided{without}");
        }
        foreach (EnforcementCount count in enforcement.Counts.Where(count => count.Done + count.WouldHave > 0))
        {
            Line(output, $"enforced    {count.Rule}: {count.Action} done={count.Done} would_have={count.WouldHave}");
        }
        foreach (string problem in enforcement.Problems)
        {
            Line(output, $"not done    {problem}");
        }
    }

    private static void WriteDestinations(GetStatusResponse status, TextWriter output)
    {
        foreach (OutputStatus to in status.Outputs)
        {
            string error = to.Error.Length > 0 ? $": {to.Error}" : "";
            Line(output, $"output      {to.Name} offered={to.Offered} delivered={to.Delivered} lost={to.Lost} waiting={to.Waiting}{error}");
        }
        foreach (StreamStatus stream in status.Streams)
        {
            Line(output, $"stream      {stream.What} for uid {stream.Uid} offered={stream.Offered} delivered={stream.Delivered} lost={stream.Lost}");
        }
        foreach (string notice in status.Notices)
        {
            Line(output, $"notice      {notice}");
        }
    }

    private static string ToJson(GetStatusResponse status, string socketPath)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("socket", status.CollectorSocket);
            json.WriteString("version", status.CollectorVersion);
            json.WriteNumber("abi_version", status.AbiVersion);
            json.WriteNumber("abi_version_read", RecordAbi.Version);
            json.WriteString("kernel", status.KernelRelease);
            json.WriteString("boot_id", status.BootId);
            json.WriteString("cgroup_mode", status.CgroupMode);
            json.WriteNumber("ring_bytes", status.RingBytes);
            json.WriteNumber("cpus", status.Cpus);
            json.WriteBoolean("subscribed", status.CollectorState == CollectorState.Attached);
            WriteDaemon(json, status, socketPath);
            WriteArray(json, "trackers", status.Trackers, tracker =>
            {
                json.WriteString("name", tracker.Name);
                json.WriteString("state", Name(tracker.State));
                json.WriteString("hook", tracker.Hook);
                json.WriteString("reason", tracker.Reason);
            });
            WriteArray(json, "ledger", status.Ledger, row => WriteLedger(json, row));
            WriteArray(json, "cgroup_losses", status.CgroupLosses, loss =>
            {
                json.WriteString("cgroup_key", loss.CgroupKey.ToString("x16", CultureInfo.InvariantCulture));
                json.WriteNumber("lost_ring", loss.LostRing);
            });
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteDaemon(Utf8JsonWriter json, GetStatusResponse status, string socketPath)
    {
        json.WriteStartObject("daemon");
        json.WriteString("socket", socketPath);
        json.WriteString("version", status.Version);
        json.WriteString("started", UnixTime.Text(status.StartedUnixNs));
        json.WriteString("collector", Name(status.CollectorState));
        WriteWords(json, "containers", status.Scope.Containers);
        json.WriteStartArray("pids");
        foreach (uint pid in status.Scope.Pids)
        {
            json.WriteNumberValue(pid);
        }
        json.WriteEndArray();
        WriteWords(json, "events", status.Events);
        json.WriteStartObject("rules");
        json.WriteNumber("loaded", status.Rules.Loaded);
        json.WriteNumber("enabled", status.Rules.Enabled);
        json.WriteNumber("unobservable", status.Rules.Unobservable);
        json.WriteNumber("alerts", status.Rules.Alerts);
        json.WriteString("loaded_at", UnixTime.Text(status.Rules.LoadedUnixNs));
        json.WriteString("reload_error", status.Rules.ReloadError);
        json.WriteEndObject();
        WriteEnforcement(json, status.Enforcement);
        WriteArray(json, "outputs", status.Outputs, to =>
        {
            json.WriteString("name", to.Name);
            WriteCounts(json, to.Offered, to.Delivered, to.Lost);
            json.WriteNumber("waiting", to.Waiting);
            json.WriteString("error", to.Error);
        });
        WriteArray(json, "streams", status.Streams, stream =>
        {
            json.WriteString("what", stream.What);
            json.WriteNumber("uid", stream.Uid);
            json.WriteString("since", UnixTime.Text(stream.SinceUnixNs));
            WriteCounts(json, stream.Offered, stream.Delivered, stream.Lost);
        });
        WriteArray(json, "gaps", status.Gaps, gap =>
        {
            json.WriteString("from", Time(gap.FromUnixNs));
            json.WriteString("to", Time(gap.ToUnixNs));
        });
        WriteWords(json, "notices", status.Notices);
        json.WriteEndObject();
    }

    private static void WriteEnforcement(Utf8JsonWriter json, EnforcementStatus enforcement)
    {
        json.WriteStartObject("enforcement");
        json.WriteString("mode", enforcement.Mode);
        json.WriteBoolean("pinned", enforcement.Pinned);
        json.WriteNumber("policies", enforcement.Policies);
        json.WriteNumber("cgroups", enforcement.Cgroups);
        json.WriteNumber("undecided", enforcement.Undecided);
        json.WriteNumber("unprotected_seconds", enforcement.UnprotectedNs / 1e9);
        WriteArray(json, "counts", enforcement.Counts, count =>
        {
            json.WriteString("rule", count.Rule);
            json.WriteString("action", count.Action);
            json.WriteNumber("done", count.Done);
            json.WriteNumber("would_have", count.WouldHave);
        });
        WriteWords(json, "problems", enforcement.Problems);
        json.WriteEndObject();
    }

    private static void WriteLedger(Utf8JsonWriter json, KindLedger row)
    {
        json.WriteString("kind", row.Kind);
        json.WriteNumber("offered", row.Offered);
        json.WriteNumber("delivered", row.Delivered);
        json.WriteNumber("lost_ring", row.LostRing);
        json.WriteNumber("lost_program", row.LostProgram);
        json.WriteNumber("lost_map", row.LostMap);
        json.WriteNumber("lost_collector", row.LostCollector);
        json.WriteNumber("lost_controller", row.LostController);
        json.WriteNumber("lost_undelivered", row.LostUndelivered);
    }

    private static void WriteCounts(Utf8JsonWriter json, ulong offered, ulong delivered, ulong lost)
    {
        json.WriteNumber("offered", offered);
        json.WriteNumber("delivered", delivered);
        json.WriteNumber("lost", lost);
    }

    private static void WriteWords(Utf8JsonWriter json, string name, IEnumerable<string> words)
    {
        json.WriteStartArray(name);
        foreach (string word in words)
        {
            json.WriteStringValue(word);
        }
        json.WriteEndArray();
    }

    private static void WriteArray<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static ulong Lost(KindLedger row) =>
        row.LostRing + row.LostProgram + row.LostMap + row.LostCollector + row.LostController + row.LostUndelivered;

    private static string Time(long unixNs) => unixNs == 0 ? "unknown" : UnixTime.Text(unixNs);

    private static string Name(CollectorState state) => state switch
    {
        CollectorState.Attached => "attached",
        CollectorState.Lost => "lost",
        _ => "connecting",
    };

    private static string Name(TrackerState state) => state switch
    {
        TrackerState.Idle => "idle",
        TrackerState.Full => "full",
        TrackerState.Degraded => "degraded",
        TrackerState.Off => "off",
        _ => "unknown",
    };

    private static void Line(TextWriter output, FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
