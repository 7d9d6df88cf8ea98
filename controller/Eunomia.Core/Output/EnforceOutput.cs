using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>What the kernel stopped, as JSON and as text.</summary>
internal static class EnforceOutput
{
    internal static void WriteJson(Utf8Buffer buffer, EnforceRecord record)
    {
        ref readonly EnforceLayout decision = ref record.Fields;
        buffer.Key("enforcement"u8).Append((byte)'{');
        buffer.Append("\"policy\":"u8);
        buffer.Append((ulong)decision.Policy);
        buffer.WordMember("operation"u8, Operation(record.Operation));
        buffer.WordMember("action"u8, Action(record.Traits));
        buffer.Flag("dry_run"u8, (record.Traits & EnforceTraits.DryRun) != 0);
        buffer.Member("path"u8, record.Path);
        buffer.MemberUnlessZero("inode"u8, decision.Inode);
        buffer.WordMember("transport"u8, RedirectJson.Transport(decision.Protocol, decision.Family));
        if (!record.Address.IsEmpty)
        {
            buffer.Key("address"u8).Append((byte)'"');
            buffer.AppendAddress(record.Address);
            buffer.Append((byte)'"');
            buffer.Member("port"u8, decision.Port);
        }

        buffer.Append((byte)'}');
    }

    internal static void WriteText(Utf8Buffer buffer, EnforceRecord record)
    {
        buffer.Append((record.Traits & EnforceTraits.DryRun) != 0 ? "would have been "u8 : ""u8);
        buffer.Append(Action(record.Traits) ?? "?");
        buffer.Append(": "u8);
        buffer.Append(Operation(record.Operation) ?? "?");
        buffer.Append((byte)' ');
        buffer.AppendSafe(record.Path);
        if (!record.Address.IsEmpty)
        {
            buffer.AppendAddress(record.Address);
            buffer.Append(" port "u8);
            buffer.Append((ulong)record.Fields.Port);
        }
    }

    private static string? Operation(EnforceOperation operation) => operation switch
    {
        EnforceOperation.Exec => "exec",
        EnforceOperation.OpenRead => "open_read",
        EnforceOperation.OpenWrite => "open_write",
        EnforceOperation.Connect => "connect",
        EnforceOperation.Send => "send",
        EnforceOperation.Bind => "bind",
        _ => null,
    };

    private static string? Action(EnforceTraits traits) =>
        (traits & EnforceTraits.Killed) != 0 ? "killed" : (traits & EnforceTraits.Denied) != 0 ? "denied" : null;
}
