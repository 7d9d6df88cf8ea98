using System.Buffers;
using System.Runtime.InteropServices;
using Eunomia.Cli.Native;
using Eunomia.Core.Aggregation;
using Eunomia.Core.Events;
using Eunomia.Core.Output;

namespace Eunomia.Cli.Output;

/// <summary>Counts of system calls as a table that fills the terminal and is drawn anew with each report.</summary>
internal sealed class SyscallTableOutput : EventOutput
{
    private const int LinesAround = 2; // the header, and the line that the cursor stands in
    private readonly SyscallTotals _totals = new();
    private readonly SyscallTableText _table;
    private readonly TimeProvider _time;
    private readonly IDisposable _resized;
    private Terminal _terminal;
    private TimeSpan _elapsed = TimeSpan.FromSeconds(1);
    private long _intervalAt;
    private bool _changed = true;

    public SyscallTableOutput(OutputFile file, SyscallTableOptions options, Terminal terminal, TimeProvider time)
        : base(file)
    {
        _table = new SyscallTableText(options);
        (_terminal, _time, _intervalAt) = (terminal, time, time.GetTimestamp());
        _resized = Signals.Register(PosixSignal.SIGWINCH, () =>
        {
            _terminal = Terminal.OfStdout(null);
            return true;
        });
    }

    public override void OnEvent(in EventView e)
    {
        // A report comes in one go; what comes a moment later is the next one.
        if (!_changed && _time.GetElapsedTime(_intervalAt) > TimeSpan.FromMilliseconds(500))
        {
            _totals.BeginInterval();
            _elapsed = _time.GetElapsedTime(_intervalAt);
            _intervalAt = _time.GetTimestamp();
        }
        _totals.Add(e);
        _changed = true;
    }

    public override void EndBatch()
    {
        if (_changed)
        {
            _changed = false;
            Draw();
        }
    }

    protected override void Release() => _resized.Dispose();

    // From the upper left corner on; what the page before had more is erased.
    private void Draw()
    {
        File.Write("\u001b[H\u001b[2J"u8);
        _table.Write(_totals, _elapsed, _terminal.Width, Math.Max(1, _terminal.Height - LinesAround), File);
        base.EndBatch();
    }
}
