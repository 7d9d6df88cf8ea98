using System.Buffers;
using System.Globalization;
using System.Text;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Profiling;

namespace Eunomia.Core.Output;

/// <summary>A page of a profile: what the busiest processes used, then functions by the time spent in themselves.</summary>
public sealed class FunctionTableText
{
    private const int MostProcesses = 4;
    private const int ContainerColumns = 16;
    private const int CommColumns = 15;
    private const int FunctionColumns = 40;
    private const int ModuleColumns = 20;
    private const int ShortIdLength = 12;
    private readonly Utf8Buffer _line = new();
    private readonly Utf8Buffer _cell = new();
    private readonly Utf8Buffer _safe = new();

    /// <summary>Writes the page.</summary>
    /// <param name="profile">The samples.</param>
    /// <param name="symbols">The names.</param>
    /// <param name="width">Columns; 0 = no limit.</param>
    /// <param name="rows">At most so many lines, the header not counted.</param>
    /// <param name="output">Where the lines go.</param>
    public void Write(Profile profile, SymbolCache symbols, int width, int rows, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(profile);
        int above = Math.Min(MostProcesses, rows / 4);
        foreach (ProfiledProcess process in profile.Processes.OrderByDescending(process => process.Samples).ThenByDescending(process => process.CpuNs).Take(above))
        {
            WriteProcess(process, width, output);
            rows--;
        }

        WriteHeader(width, output);
        foreach (FunctionTotal row in FunctionTotal.Of(profile, symbols).Take(rows))
        {
            WriteRow(row, profile.Samples, width, output);
        }
    }

    private void WriteProcess(ProfiledProcess process, int width, IBufferWriter<byte> output)
    {
        _line.Clear();
        Owner(process);
        TextDetail.WriteDuration(_line, process.CpuNs);
        PerfText.Write(
            _line, process.VoluntarySwitches, process.InvoluntarySwitches, process.MinorFaults, process.MajorFaults, process.Migrations);
        PerfText.WriteCount(_line, process.Count(PerfCounter.CpuCycles), " cycles"u8);
        PerfText.WriteCount(_line, process.Count(PerfCounter.Instructions), " instructions"u8);
        End(width, output);
    }

    private void WriteHeader(int width, IBufferWriter<byte> output)
    {
        _line.Clear();
        Right("SELF%", 6);
        Right("TOTAL%", 6);
        Right("SAMPLES", 8);
        Left("FUNCTION", FunctionColumns);
        Left("MODULE", ModuleColumns);
        Left("CONTAINER", ContainerColumns);
        Right("PID", 7);
        Left("COMM", CommColumns);
        End(width, output);
    }

    private void WriteRow(FunctionTotal row, ulong all, int width, IBufferWriter<byte> output)
    {
        _line.Clear();
        Right(Percent(row.Self, all), 6);
        Right(Percent(row.Total, all), 6);
        Right(row.Self.ToString(CultureInfo.InvariantCulture), 8);
        Left(row.Name, FunctionColumns);
        Left(row.Module, ModuleColumns);
        Owner(row.Process);
        End(width, output);
    }

    private void Owner(ProfiledProcess process)
    {
        Left(Label(process.Container), ContainerColumns);
        Right(process.Key.Pid.ToString(CultureInfo.InvariantCulture), 7);
        Left(process.Name, CommColumns);
    }

    private static string Percent(ulong part, ulong all) =>
        (all == 0 ? 0 : 100.0 * part / all).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Label(Container? container) => container is null
        ? "-"
        : container.Name ?? (container.Id.Length == Hex.IdLength && Hex.Is(container.Id) ? container.Id[..ShortIdLength] : container.Id);

    private void Left(string text, int columns)
    {
        _safe.Clear();
        _safe.AppendSafe(Encoding.UTF8.GetBytes(text));
        _line.AppendColumn(_safe.Written, columns);
        _line.Append((byte)' ');
    }

    private void Right(string word, int columns)
    {
        _line.AppendRepeated((byte)' ', columns - word.Length);
        _line.Append(word);
        _line.Append((byte)' ');
    }

    private void End(int width, IBufferWriter<byte> output)
    {
        _cell.Clear();
        _cell.AppendCut(_line.Written, width);
        _cell.Append((byte)'\n');
        output.Write(_cell.Written);
    }
}
