using System.Buffers;
using System.Runtime.InteropServices;
using Eunomia.Cli.Native;
using Eunomia.Core.Events;
using Eunomia.Core.Output;

namespace Eunomia.Cli.Output;

/// <summary>Functions as a table that fills the terminal and is drawn anew; not to a terminal, once at the end.</summary>
internal sealed class FunctionTableOutput : ProfileOutput
{
    private const int ShareOfTime = 10; // to draw takes a tenth of the time, at most
    private const int LinesAround = 2; // the header, and the line that the cursor stands in
    private readonly FunctionTableText _table = new();
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly IDisposable? _resized;
    private Terminal _terminal;
    private long _drawnAt;
    private TimeSpan _took;
    private bool _changed = true;

    public FunctionTableOutput(OutputFile file, Terminal terminal, TimeSpan interval, TimeProvider time)
        : base(file)
    {
        (_terminal, _interval, _time) = (terminal, interval, time);
        _resized = terminal.Width == 0 ? null : Signals.Register(PosixSignal.SIGWINCH, () =>
        {
            _terminal = Terminal.OfStdout(null);
            return true;
        });
    }

    public override void OnEvent(in EventView e)
    {
        base.OnEvent(e);
        _changed = true;
    }

    public override void EndBatch()
    {
        if (_changed && _terminal.Width > 0 && (_drawnAt == 0 || _time.GetElapsedTime(_drawnAt) >= Pause()))
        {
            Draw();
        }
    }

    protected override void WriteLast()
    {
        if (_terminal.Width > 0)
        {
            Draw();
        }
        else
        {
            _table.Write(Profile, Symbols, 0, int.MaxValue, File);
        }
    }

    protected override void Release()
    {
        _resized?.Dispose();
        base.Release();
    }

    // From the upper left corner on; what the page before had more is erased.
    private void Draw()
    {
        (_changed, _drawnAt) = (false, _time.GetTimestamp());
        File.Write("\u001b[H\u001b[2J"u8);
        _table.Write(Profile, Symbols, _terminal.Width, Math.Max(1, _terminal.Height - LinesAround), File);
        File.Flush();
        _took = _time.GetElapsedTime(_drawnAt);
    }

    // A long profile has many stacks, and each is looked at.
    private TimeSpan Pause() => _took * ShareOfTime > _interval ? _took * ShareOfTime : _interval;
}
