using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>What of a change of ids or capabilities: what was asked for, what was before, what is now.</summary>
internal static class CredentialsJson
{
    internal static void Write(Utf8Buffer buffer, SecurityView view, Record record)
    {
        ref readonly CredentialsLayout fields = ref record.AsCredentials().Fields;
        WriteRequested(buffer, view);
        if ((view.Fields.SecurityFlags & SecurityTraits.Before) != 0)
        {
            WriteIds(buffer, "before"u8, fields.Before);
        }

        WriteIds(buffer, "after"u8, fields.After);
    }

    /// <summary>An id of -1 asks for none.</summary>
    private static void WriteRequested(Utf8Buffer buffer, SecurityView view)
    {
        int start = buffer.Length;
        buffer.Key("requested"u8).Append((byte)'{');
        int empty = buffer.Length;
        if (view.Fields.Call == SecurityCall.Capset)
        {
            WriteSets(buffer, view.Fields.Args[3], view.Fields.Args[4], view.Fields.Args[5]);
        }

        string[] ids = view.Decoder?.Requested ?? [];
        for (int i = 0; i < ids.Length; i++)
        {
            uint id = (uint)view.Fields.Args[i];
            if (id != RecordAbi.IdUnset)
            {
                buffer.Separate();
                buffer.Word(ids[i]);
                buffer.Append((byte)':');
                buffer.Append(id);
            }
        }

        if (buffer.Length == empty)
        {
            buffer.Truncate(start);
            return;
        }

        buffer.Append((byte)'}');
    }

    private static void WriteIds(Utf8Buffer buffer, ReadOnlySpan<byte> key, in IdsLayout ids)
    {
        buffer.Key(key).Append((byte)'{');
        buffer.Member("uid"u8, ids.Uid);
        buffer.Member("euid"u8, ids.Euid);
        buffer.Member("suid"u8, ids.Suid);
        buffer.Member("fsuid"u8, ids.Fsuid);
        buffer.Member("gid"u8, ids.Gid);
        buffer.Member("egid"u8, ids.Egid);
        buffer.Member("sgid"u8, ids.Sgid);
        buffer.Member("fsgid"u8, ids.Fsgid);
        WriteSets(buffer, ids.CapEffective, ids.CapPermitted, ids.CapInheritable);
        buffer.Append((byte)'}');
    }

    private static void WriteSets(Utf8Buffer buffer, ulong effective, ulong permitted, ulong inheritable)
    {
        buffer.HexMember("cap_effective"u8, effective);
        buffer.HexMember("cap_permitted"u8, permitted);
        buffer.HexMember("cap_inheritable"u8, inheritable);
    }
}
