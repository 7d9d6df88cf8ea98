using System.Numerics;
using System.Text;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>The last column: what was run, how it ended, which container.</summary>
internal static class TextDetail
{
    private static readonly byte[][] SizeUnits =
    [
        " KiB"u8.ToArray(), " MiB"u8.ToArray(), " GiB"u8.ToArray(), " TiB"u8.ToArray(), " PiB"u8.ToArray(), " EiB"u8.ToArray(),
    ];

    internal static void Write(Utf8Buffer buffer, in EventView e)
    {
        switch (e.Kind)
        {
            case EventKind.ProcessFork:
                buffer.AppendSafe(e.Record.AsFork().Comm);
                break;
            case EventKind.ProcessExec:
                WriteCommand(buffer, e.Record.AsExec());
                break;
            case EventKind.ProcessExit:
                buffer.AppendSafe(e.Record.AsExit().Comm);
                WriteExit(buffer, e.Record.AsExit().Fields);
                break;
            case EventKind.ContainerCreate or EventKind.ContainerStart or EventKind.ContainerExit:
                WriteContainer(buffer, e);
                break;
            case EventKind.CgroupMkdir or EventKind.CgroupRmdir:
                buffer.AppendSafe(e.Record.AsCgroup().Path);
                break;
            default:
                break;
        }
    }

    private static void WriteContainer(Utf8Buffer buffer, in EventView e)
    {
        if (e.Container is { } container)
        {
            WriteContainer(buffer, container);
        }

        if (e.Record.Kind == EventKind.ProcessExec)
        {
            buffer.Append(": "u8);
            WriteCommand(buffer, e.Record.AsExec());
        }
        else if (e.Record.Kind == EventKind.ProcessExit)
        {
            WriteExit(buffer, e.Record.AsExit().Fields);
        }
    }

    private static void WriteContainer(Utf8Buffer buffer, Container container)
    {
        buffer.AppendSafe(Encoding.UTF8.GetBytes(container.Runtime));
        if (container.Image is { } image)
        {
            buffer.Append((byte)' ');
            buffer.AppendSafe(Encoding.UTF8.GetBytes(image));
        }
    }

    private static void WriteCommand(Utf8Buffer buffer, ExecRecord exec)
    {
        bool isFirst = true;
        foreach (ReadOnlySpan<byte> argument in new NulList(exec.Args))
        {
            if (!isFirst)
            {
                buffer.Append((byte)' ');
            }

            isFirst = false;
            WriteQuoted(buffer, argument);
        }

        if (isFirst)
        {
            buffer.AppendSafe(exec.Exe.IsEmpty ? exec.Comm : exec.Exe);
        }

        if ((exec.Cut & Truncation.Args) != 0)
        {
            buffer.Append(" [cut]"u8);
        }
    }

    /// <summary>As a shell would need it, so that blanks inside an argument show.</summary>
    private static void WriteQuoted(Utf8Buffer buffer, ReadOnlySpan<byte> argument)
    {
        if (!argument.IsEmpty && !argument.ContainsAny(" '\"\\"u8))
        {
            buffer.AppendSafe(argument);
            return;
        }

        buffer.Append((byte)'\'');
        for (int quote = argument.IndexOf((byte)'\''); quote >= 0; quote = argument.IndexOf((byte)'\''))
        {
            buffer.AppendSafe(argument[..quote]);
            buffer.Append("'\\''"u8);
            argument = argument[(quote + 1)..];
        }

        buffer.AppendSafe(argument);
        buffer.Append((byte)'\'');
    }

    private static void WriteExit(Utf8Buffer buffer, in ExitLayout exit)
    {
        if (exit.Signal != 0)
        {
            buffer.Append(": "u8);
            buffer.Append(LinuxNames.Signal(exit.Signal));
            buffer.Append((exit.ExitFlags & ExitTraits.Core) != 0 ? ", core dumped"u8 : default);
        }
        else
        {
            buffer.Append(": exit "u8);
            buffer.Append(exit.ExitCode);
        }

        buffer.Append(", ran "u8);
        WriteDuration(buffer, exit.DurationNs);
    }

    /// <summary>Three significant digits or so: "412us", "12.3ms", "4.56s", "1h02m".</summary>
    internal static void WriteDuration(Utf8Buffer buffer, ulong ns)
    {
        switch (ns)
        {
            case < 1_000_000:
                buffer.Append(ns / 1_000);
                buffer.Append("us"u8);
                break;
            case < 1_000_000_000:
                WriteDecimal(buffer, ns / 100_000, 1, "ms"u8);
                break;
            case < 60_000_000_000:
                WriteDecimal(buffer, ns / 10_000_000, 2, "s"u8);
                break;
            case < 3_600_000_000_000:
                WritePair(buffer, ns / 1_000_000_000, (byte)'m', (byte)'s');
                break;
            default:
                WritePair(buffer, ns / 60_000_000_000, (byte)'h', (byte)'m');
                break;
        }
    }

    /// <summary>At most one decimal, rounded down: "0 B", "1.2 KiB", "3.4 GiB".</summary>
    internal static void WriteSize(Utf8Buffer buffer, ulong bytes)
    {
        int power = bytes == 0 ? 0 : BitOperations.Log2(bytes) / 10;
        if (power == 0)
        {
            buffer.Append(bytes);
            buffer.Append(" B"u8);
            return;
        }

        UInt128 tenths = ((UInt128)bytes * 10) >> (10 * power);
        WriteDecimal(buffer, (ulong)tenths, 1, SizeUnits[power - 1]);
    }

    /// <summary>" = ENOENT" after a failure, else nothing.</summary>
    internal static void WriteError(Utf8Buffer buffer, long result)
    {
        if (result < 0)
        {
            buffer.Append(" = "u8);
            buffer.AppendError((uint)-result);
        }
    }

    /// <summary>"O_WRONLY|O_CREAT|0x100000000".</summary>
    internal static void WriteFlags(Utf8Buffer buffer, FlagNames flags)
    {
        bool isFirst = true;
        while (flags.TryNext(out string? name))
        {
            buffer.Append(isFirst ? default : "|"u8);
            buffer.Append(name);
            isFirst = false;
        }

        if (flags.Rest != 0)
        {
            buffer.Append(isFirst ? "0x"u8 : "|0x"u8);
            buffer.AppendHex(flags.Rest);
        }
    }

    private static void WriteDecimal(Utf8Buffer buffer, ulong scaled, int decimals, ReadOnlySpan<byte> unit)
    {
        ulong scale = decimals == 1 ? 10UL : 100UL;
        buffer.Append(scaled / scale);
        buffer.Append((byte)'.');
        buffer.AppendDigits(scaled % scale, decimals);
        buffer.Append(unit);
    }

    private static void WritePair(Utf8Buffer buffer, ulong smaller, byte largeUnit, byte smallUnit)
    {
        buffer.Append(smaller / 60);
        buffer.Append(largeUnit);
        buffer.AppendDigits(smaller % 60, 2);
        buffer.Append(smallUnit);
    }
}
