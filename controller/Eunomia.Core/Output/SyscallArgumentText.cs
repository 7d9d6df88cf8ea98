using System.Buffers.Binary;
using Eunomia.Core.Events;
using Eunomia.Core.Syscalls;

namespace Eunomia.Core.Output;

/// <summary>The arguments of one system call, in order, each as text. A new one per call.</summary>
internal ref struct SyscallArgumentText
{
    private const uint CurrentDirectory = unchecked((uint)-100);
    private const int FamilyLength = 2;
    private static readonly string[] Unnamed = ["arg1", "arg2", "arg3", "arg4", "arg5", "arg6"];
    private readonly SyscallCallRecord _record;
    private readonly IReadOnlyList<Argument>? _arguments;
    private int _next;
    private int _nextText;

    internal SyscallArgumentText(SyscallCallRecord record)
    {
        _record = record;
        _arguments = SyscallSignatures.Find(record.Fields.Abi, SyscallNames.Name(record.Fields.Abi, record.Fields.Number));
    }

    /// <summary>What the value is: a number as such, a string of the process, or a word of ours.</summary>
    internal enum Form
    {
        Number,
        Text,
        Word,
    }

    /// <summary>The next argument's name.</summary>
    internal readonly string Name => _arguments is { } known ? known[_next - 1].Name : Unnamed[_next - 1];

    /// <summary>Goes to the next argument, or says that there is none.</summary>
    internal bool MoveNext() => _next++ < (_arguments?.Count ?? RecordAbi.SyscallArguments);

    /// <summary>Appends its value; bytes that the process made are to be escaped by the caller.</summary>
    internal Form Append(Utf8Buffer buffer, out ReadOnlySpan<byte> text)
    {
        text = default;
        ulong value = _record.Fields.Args[_next - 1];
        ArgumentType type = _arguments is { } known ? known[_next - 1].Type : ArgumentType.Hex;
        switch (type)
        {
            case ArgumentType.Text:
                text = _record.Text(_nextText++);
                return value == 0 ? Word(buffer, "NULL"u8) : Form.Text;
            case ArgumentType.Address:
                return AppendSocketAddress(buffer, value);
            case ArgumentType.Int or ArgumentType.Fd:
                return Signed(buffer, (int)value);
            case ArgumentType.DirFd:
                return (uint)value == CurrentDirectory ? Word(buffer, "AT_FDCWD"u8) : Signed(buffer, (int)value);
            case ArgumentType.Offset:
                return Signed(buffer, (long)value);
            case ArgumentType.Size:
                buffer.Append(value);
                return Form.Number;
            case ArgumentType.Mode:
                buffer.AppendMode(value & 0xffff);
                return Form.Word;
            default:
                if (!SyscallConstants.TryAppend(buffer, type, (uint)value))
                {
                    AppendPointer(buffer, value);
                }

                return Form.Word;
        }
    }

    private static Form Word(Utf8Buffer buffer, ReadOnlySpan<byte> word)
    {
        buffer.Append(word);
        return Form.Word;
    }

    private static Form Signed(Utf8Buffer buffer, long value)
    {
        if (value < 0)
        {
            buffer.Append((byte)'-');
        }

        buffer.Append(value < 0 ? (ulong)-value : (ulong)value);
        return Form.Number;
    }

    private static void AppendPointer(Utf8Buffer buffer, ulong value)
    {
        buffer.Append("0x"u8);
        buffer.AppendHex(value);
    }

    /// <summary>"10.0.0.5:80", "[::1]:80", "unix:/run/x.sock", "unix:@name", or the family's name.</summary>
    private readonly Form AppendSocketAddress(Utf8Buffer buffer, ulong pointer)
    {
        ReadOnlySpan<byte> address = _record.Address;
        if (address.Length < FamilyLength)
        {
            AppendPointer(buffer, pointer);
            return Form.Word;
        }

        ushort family = BinaryPrimitives.ReadUInt16LittleEndian(address);
        ReadOnlySpan<byte> rest = address[FamilyLength..];
        switch (family)
        {
            case 1:
                AppendUnix(buffer, rest);
                break;
            case RecordAbi.AfInet when rest.Length >= 6:
                buffer.AppendAddress(rest.Slice(2, 4));
                AppendPort(buffer, rest);
                break;
            case RecordAbi.AfInet6 when rest.Length >= 22:
                buffer.Append((byte)'[');
                buffer.AppendAddress(rest.Slice(6, 16));
                buffer.Append((byte)']');
                AppendPort(buffer, rest);
                break;
            default:
                SyscallConstants.TryAppend(buffer, ArgumentType.Family, family);
                break;
        }

        return Form.Word;
    }

    private static void AppendPort(Utf8Buffer buffer, ReadOnlySpan<byte> rest)
    {
        buffer.Append((byte)':');
        buffer.Append((ulong)BinaryPrimitives.ReadUInt16BigEndian(rest));
    }

    /// <summary>An abstract name begins with NUL and may have more of them; @ stands for each, as ss and netstat do it.</summary>
    private static void AppendUnix(Utf8Buffer buffer, ReadOnlySpan<byte> name)
    {
        buffer.Append("unix:"u8);
        bool isPath = !name.IsEmpty && name[0] != 0;
        int end = isPath ? name.IndexOf((byte)0) : name.Length;
        foreach (byte b in end < 0 ? name : name[..end])
        {
            buffer.Append(b switch
            {
                0 => (byte)'@',
                < 0x20 or >= 0x7f or (byte)'"' or (byte)'\\' => (byte)'?',
                _ => b,
            });
        }
    }
}
