using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>The JSON object of a security event: what all have, then what its kind has besides.</summary>
internal sealed class SecurityJson
{
    private const uint JoinSession = 1;
    private static readonly string?[] Sources = [null, "dentry", "lexical"];

    /// <summary>By kind, what it has besides.</summary>
    private static readonly Dictionary<EventKind, WriteMembers> ByKind = new()
    {
        [EventKind.SecurityNamespace] = WriteNamespace,
        [EventKind.SecurityMount] = WriteMount,
        [EventKind.SecurityCredentials] = CredentialsJson.Write,
        [EventKind.SecurityCapability] = WriteCapability,
        [EventKind.SecurityKey] = WriteKey,
        [EventKind.SecurityIoUring] = WriteRing,
        [EventKind.SecurityIoUringOp] = WriteCount,
        [EventKind.SecurityProcessVm] = WriteProcessVm,
        [EventKind.SecurityPrctl] = WriteCapabilityName,
        [EventKind.SecurityOom] = WriteOom,
        [EventKind.SecuritySocket] = WriteSocket,
    };

    private readonly Utf8Buffer _path = new();

    private delegate void WriteMembers(Utf8Buffer buffer, SecurityView view, Record record);

    /// <summary>Writes the object, and says which of its paths are not complete.</summary>
    internal PathParts Write(Utf8Buffer buffer, in EventView e)
    {
        var view = new SecurityView(e.Kind, e.Record.AsSecurity());
        buffer.Key("security"u8).Append((byte)'{');
        WriteCall(buffer, view);
        PathParts cut = WritePaths(buffer, view);
        WriteStrings(buffer, view);
        if (ByKind.TryGetValue(e.Kind, out WriteMembers? write))
        {
            write(buffer, view, e.Record);
        }

        WriteTarget(buffer, view, e.Target);
        buffer.Append((byte)'}');
        if (e.Kind == EventKind.SecurityRedirect)
        {
            RedirectJson.Write(buffer, e.Record.AsRedirect(), view.Record.Raw);
        }

        return cut;
    }

    private static void WriteCall(Utf8Buffer buffer, SecurityView view)
    {
        buffer.WordMember("syscall"u8, view.Decoder?.Name);
        buffer.WordMember("abi"u8, (view.Fields.SecurityFlags & SecurityTraits.Compat) != 0 ? "compat" : null);
        if (view.OperationNumber is { } number)
        {
            buffer.Key("operation"u8);
            WriteNameOrNumber(buffer, view.Operation, number);
        }

        if (view.Decoder?.Flags is { } table && view.Flags != 0)
        {
            WriteFlags(buffer, "flags"u8, table, view.Flags);
        }

        WriteArguments(buffer, view);
        if (view.Descriptor >= 0)
        {
            buffer.Member("fd"u8, (ulong)view.Descriptor);
        }
    }

    /// <summary>A number without a name is shown as such.</summary>
    private static void WriteNameOrNumber(Utf8Buffer buffer, string? name, uint number)
    {
        buffer.Append((byte)'"');
        if (name is null)
        {
            buffer.Append(number);
        }
        else
        {
            buffer.Append(name);
        }

        buffer.Append((byte)'"');
    }

    internal static void WriteFlags(
        Utf8Buffer buffer, ReadOnlySpan<byte> key, (ulong Bits, string Name)[] table, ulong flags)
    {
        buffer.Key(key).Append((byte)'[');
        FlagNames names = FlagNames.Of(table, flags);
        while (names.TryNext(out string? name))
        {
            buffer.Separate();
            buffer.Word(name);
        }

        if (names.Rest != 0)
        {
            buffer.Separate();
            WriteHex(buffer, names.Rest);
        }

        buffer.Append((byte)']');
    }

    private static void WriteHex(Utf8Buffer buffer, ulong number)
    {
        buffer.Append("\"0x"u8);
        buffer.AppendHex(number);
        buffer.Append((byte)'"');
    }

    private static void WriteArguments(Utf8Buffer buffer, SecurityView view)
    {
        ReadOnlySpan<ulong> all = view.Fields.Args;
        ReadOnlySpan<ulong> shown = all[view.Arguments];
        if (shown.IsEmpty)
        {
            return;
        }

        buffer.Key("arguments"u8).Append((byte)'[');
        foreach (ulong argument in shown)
        {
            buffer.Separate();
            WriteHex(buffer, argument);
        }

        buffer.Append((byte)']');
    }

    private PathParts WritePaths(Utf8Buffer buffer, SecurityView view)
    {
        if (view.Kind == EventKind.SecurityRedirect)
        {
            return PathParts.None;
        }

        Truncation cut = view.Fields.Hdr.Truncated;
        ReadOnlySpan<byte> path = view.ResolvedPath;
        PathSource source = path.IsEmpty ? PathSource.None : PathSource.Dentry;
        PathParts parts = (cut & Truncation.Path) != 0 ? PathParts.Path : PathParts.None;
        ReadOnlySpan<byte> directory = (cut & Truncation.Base) != 0 ? default : view.Record.Base;
        if (path.IsEmpty && LexicalPath.TryWrite(_path, directory, view.Record.Raw))
        {
            path = _path.Written;
            source = PathSource.Lexical;
        }

        if ((cut & Truncation.Raw) != 0)
        {
            parts |= PathParts.Raw | (source == PathSource.Dentry ? PathParts.None : PathParts.Path);
        }

        buffer.Member("path"u8, path);
        buffer.Member("path_raw"u8, view.Record.Raw);
        buffer.WordMember("path_source"u8, Sources[(int)source]);
        return parts;
    }

    private static void WriteStrings(Utf8Buffer buffer, SecurityView view)
    {
        buffer.Member("source"u8, view.Source);
        if (view.TypeName is { } type)
        {
            buffer.WordMember("type"u8, type);
        }
        else
        {
            buffer.Member("type"u8, view.TypeText);
        }

        buffer.Member("name"u8, view.Name);
        buffer.Member("data"u8, view.Record.Data);
    }

    private static void WriteTarget(Utf8Buffer buffer, SecurityView view, in EventTarget target)
    {
        if (target.Pid == 0 && view.TargetVpid == 0)
        {
            return;
        }

        buffer.Key("target"u8).Append((byte)'{');
        buffer.MemberUnlessZero("pid"u8, target.Pid);
        buffer.MemberUnlessZero("vpid"u8, view.TargetVpid);
        if (target.Image is { } image)
        {
            buffer.Member("name"u8, image.Name);
            buffer.Member("exe"u8, image.Exe);
        }

        if (target.Container is { } container)
        {
            buffer.Key("container"u8).Append(container.Json);
        }

        buffer.Append((byte)'}');
    }

    private static void WriteNamespace(Utf8Buffer buffer, SecurityView view, Record record)
    {
        buffer.Member("namespace_type"u8, view.NamespaceType);
        if (view.Fields.Call == SecurityCall.Setns)
        {
            buffer.MemberUnlessZero("namespace"u8, view.Fields.Value);
        }
    }

    private static void WriteMount(Utf8Buffer buffer, SecurityView view, Record record)
    {
        if (view.Decoder is { HasAttributes: true } && view.Fields.Value != 0)
        {
            WriteFlags(buffer, "attributes"u8, SecurityFlags.MountAttributes, view.Fields.Value);
        }

        if (view.Decoder is not { ClearsAttributes: true })
        {
            return;
        }

        if (view.Fields.Args[3] != 0)
        {
            WriteFlags(buffer, "attributes_cleared"u8, SecurityFlags.MountAttributes, view.Fields.Args[3]);
        }

        if (view.Fields.Detail != 0)
        {
            WriteFlags(buffer, "propagation"u8, SecurityFlags.Mounts, view.Fields.Detail);
        }
    }

    private static void WriteCapability(Utf8Buffer buffer, SecurityView view, Record record)
    {
        WriteCapabilityName(buffer, view, record);
        buffer.MemberUnlessZero("user_namespace"u8, view.Fields.Value);
        WriteCount(buffer, view, record);
    }

    private static void WriteCapabilityName(Utf8Buffer buffer, SecurityView view, Record record)
    {
        if (view.Capability is { } number)
        {
            buffer.Key("capability"u8);
            WriteNameOrNumber(buffer, CallDecoders.Name(SecurityNames.Capabilities, number), number);
        }
    }

    private static void WriteCount(Utf8Buffer buffer, SecurityView view, Record record) =>
        buffer.Member("count"u8, view.Fields.Count);

    private static void WriteKey(Utf8Buffer buffer, SecurityView view, Record record)
    {
        if (view.Fields.Call == SecurityCall.Keyctl && (uint)view.Fields.Args[0] != JoinSession)
        {
            WriteSigned(buffer, "key"u8, (int)view.Fields.Args[1]);
        }
    }

    private static void WriteRing(Utf8Buffer buffer, SecurityView view, Record record)
    {
        if (view.Fields.Call == SecurityCall.IoUringSetup)
        {
            buffer.Member("entries"u8, (uint)view.Fields.Args[0]);
        }
    }

    private static void WriteProcessVm(Utf8Buffer buffer, SecurityView view, Record record)
    {
        if (view.Fields.Call == SecurityCall.PidfdGetfd)
        {
            buffer.Member("target_fd"u8, (uint)view.Fields.Args[1]);
        }
    }

    private static void WriteSocket(Utf8Buffer buffer, SecurityView view, Record record)
    {
        buffer.Key("family"u8);
        WriteNameOrNumber(buffer, SystemNames.Family(view.Family), view.Family);
        buffer.Key("socket_type"u8);
        WriteNameOrNumber(buffer, SystemNames.SocketType(view.SocketType), view.SocketType);
        if (view.Protocol != 0)
        {
            buffer.Key("protocol"u8);
            WriteNameOrNumber(buffer, SystemNames.Protocol(view.Family, view.Protocol), view.Protocol);
        }
    }

    private static void WriteOom(Utf8Buffer buffer, SecurityView view, Record record) =>
        WriteSigned(buffer, "oom_score_adj"u8, (int)view.Fields.Detail);

    private static void WriteSigned(Utf8Buffer buffer, ReadOnlySpan<byte> key, int number)
    {
        buffer.Key(key).Append(number < 0 ? "-"u8 : default);
        buffer.Append((ulong)Math.Abs((long)number));
    }
}
