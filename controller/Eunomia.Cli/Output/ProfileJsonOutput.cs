using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Core.Profiling;

namespace Eunomia.Cli.Output;

/// <summary>One JSON line for each stack that was seen in an interval; all other events as they come.</summary>
internal sealed class ProfileJsonOutput(OutputFile file, TimeSpan interval, TimeProvider time, bool rawPaths) : ProfileOutput(file)
{
    private static readonly TimeSpan LastNames = TimeSpan.FromSeconds(1);
    private readonly JsonEventWriter _writer = new(Environment.MachineName, rawPaths);
    private readonly HashSet<StackSamples> _seen = [];
    private long _reportedAt = time.GetTimestamp();

    public override void OnEvent(in EventView e)
    {
        if (e.Kind != EventKind.PerfSample)
        {
            _writer.Write(e, File);
            return;
        }
        StackSamples stack = Profile.AddSample(e);
        if (_seen.Add(stack))
        {
            Symbols.Ask(stack);
        }
        // All lines of an interval say the same: a thread that is within an exec has the new name already.
        if (stack.Process.Head.Length == 0 && !stack.Process.IsNobody)
        {
            stack.Process.Head = _writer.Subject(e);
        }
    }

    public override void EndBatch()
    {
        TimeSpan elapsed = time.GetElapsedTime(_reportedAt);
        if (elapsed >= interval)
        {
            Symbols.Hurry();
        }
        if (elapsed >= interval && (Symbols.IsIdle || elapsed >= interval + LastNames))
        {
            Report();
        }
        base.EndBatch();
    }

    protected override void WriteLast() => Report();

    private void Report()
    {
        _reportedAt = time.GetTimestamp();
        foreach (StackSamples stack in _seen)
        {
            _writer.Write(stack, Symbols, File);
        }
        foreach (StackSamples stack in _seen)
        {
            stack.Process.Head = [];
        }
        _seen.Clear();
        Profile.Forget();
        Symbols.ForgetIfCrowded();
    }
}
