using System.Runtime.InteropServices;
using Eunomia.Cli.Native;
using Eunomia.Controller.Ingest;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Core.Profiling;

namespace Eunomia.Cli.Output;

/// <summary>Writes events into a file; each batch becomes visible at its end.</summary>
internal abstract class EventOutput(OutputFile file) : IEventOutput, IDisposable
{
    protected OutputFile File { get; } = file;

    public static EventOutput Create(
        OutputFormat format, OutputFile file, string hostname, Terminal terminal, bool rawPaths) =>
        format == OutputFormat.Json ? new JsonOutput(file, hostname, rawPaths) : new TextOutput(file, terminal, rawPaths);

    /// <summary>Events go nowhere; what others write into the file becomes visible with each batch.</summary>
    public static EventOutput None(OutputFile file) => new NoOutput(file);

    public abstract void OnEvent(in EventView e);

    public virtual void EndBatch() => File.Flush();

    /// <summary>Who tells what stands at the addresses of samples.</summary>
    public virtual void UseSymbols(ISymbolSource source)
    {
    }

    /// <summary>No more events: what is only written at the end is written now.</summary>
    public virtual Task FinishAsync() => Task.CompletedTask;

    public void Dispose() => Release();

    protected virtual void Release()
    {
    }

    private sealed class NoOutput(OutputFile file) : EventOutput(file)
    {
        public override void OnEvent(in EventView e)
        {
        }
    }

    private sealed class JsonOutput(OutputFile file, string hostname, bool rawPaths) : EventOutput(file)
    {
        private readonly JsonEventWriter _writer = new(hostname, rawPaths);

        public override void OnEvent(in EventView e) => _writer.Write(e, File);
    }

    private sealed class TextOutput : EventOutput
    {
        private readonly TextEventWriter _writer;
        private readonly IDisposable? _resized;
        private bool _headed;

        public TextOutput(OutputFile file, Terminal terminal, bool rawPaths)
            : base(file)
        {
            _writer = new TextEventWriter(new TextOptions(terminal.Width, terminal.Colour, TimeZoneInfo.Local, rawPaths));
            if (terminal.Width > 0)
            {
                _resized = Signals.Register(PosixSignal.SIGWINCH, () =>
                {
                    _writer.Width = Terminal.WidthOfStdout();
                    return true;
                });
            }
        }

        public override void OnEvent(in EventView e)
        {
            WriteHeaderOnce();
            _writer.Write(e, File);
        }

        public override void EndBatch()
        {
            WriteHeaderOnce();
            base.EndBatch();
        }

        protected override void Release() => _resized?.Dispose();

        // With the first batch, even an empty one: a run that cannot attach shows its error and nothing else.
        private void WriteHeaderOnce()
        {
            if (!_headed)
            {
                _headed = true;
                _writer.WriteHeader(File);
            }
        }
    }
}
