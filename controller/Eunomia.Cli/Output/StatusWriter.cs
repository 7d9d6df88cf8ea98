using System.Globalization;
using System.Text;
using System.Text.Json;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Protocol;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Cli.Output;

/// <summary>A collector's status, for people or as one JSON object.</summary>
internal static class StatusWriter
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
        Line(output, $"collector   {status.Version} at {socketPath}");
        Line(output, $"kernel      {status.KernelRelease}, boot {status.BootId}, cgroups {status.CgroupMode}");
        Line(output, $"record ABI  {status.AbiVersion}; this eunomiactl reads {RecordAbi.Version}");
        Line(output, $"rings       {status.RingBytes / 1024} KiB in all, {status.Cpus} CPUs");
        Line(output, $"subscribed  {(status.Subscribed ? "yes" : "no")}");
        foreach (FamilyStatus family in status.Families)
        {
            string reason = family.Reason.Length > 0 ? $": {family.Reason}" : "";
            string hook = family.Hook.Length > 0 ? $" through {family.Hook}" : "";
            foreach (string name in family.Family.ToNames())
            {
                Line(output, $"tracker     {name} {family.State.ToName()}{hook}{reason}");
            }
        }
        foreach (KindCounters counters in status.Ledger.Select(ledger => ledger.ToCounters()).Where(row => row.Offered > 0))
        {
            LossByPlace lost = counters.Lost();
            Line(output, $"ledger      {EventKinds.Name(counters.Kind)} offered={counters.Offered} lost={lost.Total}{LedgerText.Places(lost)}");
        }
        foreach (CgroupLoss loss in status.CgroupLosses)
        {
            Line(output, $"cgroup      {loss.CgroupKey:x16} lost={loss.LostRing}");
        }
    }

    private static string ToJson(GetStatusResponse status, string socketPath)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("socket", socketPath);
            json.WriteString("version", status.Version);
            json.WriteNumber("abi_version", status.AbiVersion);
            json.WriteNumber("abi_version_read", RecordAbi.Version);
            json.WriteString("kernel", status.KernelRelease);
            json.WriteString("boot_id", status.BootId);
            json.WriteString("cgroup_mode", status.CgroupMode);
            json.WriteNumber("ring_bytes", status.RingBytes);
            json.WriteNumber("cpus", status.Cpus);
            json.WriteBoolean("subscribed", status.Subscribed);
            WriteTrackers(json, status);
            WriteLedger(json, status);
            WriteCgroupLosses(json, status);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteTrackers(Utf8JsonWriter json, GetStatusResponse status)
    {
        json.WriteStartArray("trackers");
        foreach ((string name, FamilyStatus family) in status.Families.SelectMany(family => family.Family.ToNames().Select(name => (name, family))))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("state", family.State.ToName());
            json.WriteString("hook", family.Hook);
            json.WriteString("reason", family.Reason);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteLedger(Utf8JsonWriter json, GetStatusResponse status)
    {
        json.WriteStartArray("ledger");
        foreach (KindCounters counters in status.Ledger.Select(ledger => ledger.ToCounters()))
        {
            json.WriteStartObject();
            json.WriteString("kind", EventKinds.Name(counters.Kind));
            json.WriteNumber("offered", counters.Offered);
            json.WriteNumber("lost_ring", counters.LostRing);
            json.WriteNumber("lost_program", counters.LostProgram);
            json.WriteNumber("lost_map", counters.LostMap);
            json.WriteNumber("lost_collector", counters.LostCollector);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteCgroupLosses(Utf8JsonWriter json, GetStatusResponse status)
    {
        json.WriteStartArray("cgroup_losses");
        foreach (CgroupLoss loss in status.CgroupLosses)
        {
            json.WriteStartObject();
            json.WriteString("cgroup_key", loss.CgroupKey.ToString("x16", CultureInfo.InvariantCulture));
            json.WriteNumber("lost_ring", loss.LostRing);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static LossByPlace Lost(this KindCounters counters) => new(
        counters.LostRing, counters.LostProgram, counters.LostMap, counters.LostCollector, 0, 0);

    private static void Line(TextWriter output, FormattableString text) =>
        output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
