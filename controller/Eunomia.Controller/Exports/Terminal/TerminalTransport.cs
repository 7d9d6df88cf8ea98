using System.Buffers;
using System.Collections.Concurrent;
using Eunomia.Controller.Exports.Delivery;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Exports.Terminal;

/// <summary>
/// A terminal, or whatever stdout leads to. A write to it cannot be called off and may wait for as long as nobody reads, so
/// it is done by a thread of its own: nobody but this output waits with it.
/// </summary>
internal sealed class TerminalTransport : IAlertTransport
{
    private readonly TerminalOptions _options;
    private readonly Stream _stream;
    private readonly AlertText _text;
    private readonly AlertJson _json = new();
    private readonly BlockingCollection<Line> _lines = [];
    private bool _isTorn;

    public TerminalTransport(TerminalOptions options, AlertTextOptions text, Stream stream)
    {
        (_options, _stream, _text) = (options, stream, new AlertText(text));
        new Thread(WriteAll) { IsBackground = true, Name = Name }.Start();
    }

    public string Name => "terminal";

    // Of several in one write nobody could tell which were written before it failed.
    public int MostPerSend => 1;

    public async Task SendAsync(IReadOnlyList<Alert> alerts, CancellationToken cancellation)
    {
        foreach (Alert alert in alerts)
        {
            var line = new Line(Encode(alert), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            _lines.Add(line, cancellation);
            await line.Written.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    public void Dispose() => _lines.CompleteAdding();

    private ReadOnlyMemory<byte> Encode(Alert alert)
    {
        ArrayBufferWriter<byte> line = new();
        if (_isTorn)
        {
            line.Write("\n"u8);
        }
        if (_options.IsJson)
        {
            _json.Write(alert, line);
        }
        else
        {
            _text.Write(alert, line);
        }
        return line.WrittenMemory;
    }

    private void WriteAll()
    {
        foreach (Line line in _lines.GetConsumingEnumerable())
        {
            try
            {
                _stream.Write(line.Bytes.Span);
                _stream.Flush();
                _isTorn = false;
                line.Written.SetResult();
            }
            catch (IOException error)
            {
                _isTorn = true; // what it took of the line stays there
                line.Written.SetException(error);
            }
        }
    }

    private sealed record Line(ReadOnlyMemory<byte> Bytes, TaskCompletionSource Written);
}
