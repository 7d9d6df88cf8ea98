using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Eunomia.Core.Rules.Alerts;

/// <summary>
/// What makes an alert the repeat of another: a digest, so that what is remembered is small however long the values are,
/// and one that the monitored cannot steer into a collision to hide behind another alert.
/// </summary>
internal readonly record struct AlertKey(ulong First, ulong Second)
{
    /// <summary>Values that differ between repeats of one and the same thing.</summary>
    private static readonly HashSet<string> Passing = new(StringComparer.Ordinal)
    {
        "evt.num", "evt.cpu", "evt.count", "fd.num", "fd.cport", "fd.ino", "proc.sid", "proc.pgid", "proc.vpgid", "proc.duration",
    };

    private static readonly string[] PassingFamilies =
    [
        "evt.time", "evt.rawtime", "evt.datetime", "evt.reltime", "evt.latency", "evt.deltatime", "proc.pid", "proc.ppid", "proc.vpid",
        "proc.pvpid", "proc.apid", "thread.",
    ];

    /// <summary>The rule and the container.</summary>
    internal static AlertKey OfScope(Alert alert)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, alert.Rule);
        Add(hash, alert.Container?.Id ?? "");
        return Finish(hash);
    }

    /// <summary>Beside those: what the process runs, the values of the fields, what was done about it.</summary>
    internal static AlertKey OfValues(Alert alert, in AlertKey scope)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> head = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(head, scope.First);
        BinaryPrimitives.WriteUInt64LittleEndian(head[8..], scope.Second);
        hash.AppendData(head);
        Add(hash, alert.Process?.Exe ?? alert.Process?.Name ?? "");
        foreach (AlertField field in alert.Fields)
        {
            if (!IsPassing(field.Name))
            {
                Add(hash, field.Name);
                Add(hash, Lasting(field));
            }
        }

        foreach (string action in alert.Actions)
        {
            Add(hash, action);
        }

        return Finish(hash);
    }

    private static string Lasting(AlertField field) => field.Name switch
    {
        "fd.name" => WithoutClientPort(field.Value),
        "evt.rawres" => WithoutResult(field.Value),
        _ => field.Value,
    };

    // What a call returned is mostly a number that it made up, as a descriptor's; why it failed is what it means.
    private static string WithoutResult(string result) => result.StartsWith('-') ? result : "0";

    // A connection's name is "client:port->server:port", and every new one has another client port.
    private static string WithoutClientPort(string name)
    {
        int arrow = name.IndexOf("->", StringComparison.Ordinal);
        int colon = arrow > 0 ? name.LastIndexOf(':', arrow) : -1;
        return colon > 0 ? string.Concat(name.AsSpan(0, colon), name.AsSpan(arrow)) : name;
    }

    private static bool IsPassing(string field) =>
        Passing.Contains(field) || PassingFamilies.Any(family => field.StartsWith(family, StringComparison.Ordinal));

    private static void Add(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }

    private static AlertKey Finish(IncrementalHash hash)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return new AlertKey(BinaryPrimitives.ReadUInt64LittleEndian(digest), BinaryPrimitives.ReadUInt64LittleEndian(digest[8..]));
    }
}
