using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Events;

namespace Eunomia.Cli.Commands;

/// <summary>How much of a run is shown: trackers that end before the others, and a number of events after which all do.</summary>
internal sealed class RunLimits(long? mostEvents, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _reached = new();
    private long _left = mostEvents ?? long.MaxValue;
    private long _readyUnixNs = long.MaxValue;

    /// <summary>Cancelled when there are as many events as were wanted.</summary>
    public CancellationToken Reached => _reached.Token;

    /// <summary>Durations count from now.</summary>
    public void StartTime() => Interlocked.Exchange(ref _readyUnixNs, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100);

    /// <summary>The output, or one in front of it that lets through what is within the limits.</summary>
    public IEventOutput Apply(IEventOutput output, TimeSpan? duration) =>
        mostEvents is null && duration is null ? output : new Limited(this, output, duration);

    public void Dispose() => _reached.Dispose();

    private bool TryTake()
    {
        if (_left <= 0)
        {
            return false;
        }
        if (--_left == 0)
        {
            _reached.Cancel();
        }
        return true;
    }

    private sealed class Limited(RunLimits limits, IEventOutput output, TimeSpan? duration) : IEventOutput
    {
        private readonly long _durationNs = (duration ?? TimeSpan.Zero).Ticks * 100;

        public void Begin(EventPipeline pipeline) => output.Begin(pipeline);

        public void OnEvent(in EventView e)
        {
            long ready = Interlocked.Read(ref limits._readyUnixNs);
            bool isOver = duration is not null && ready != long.MaxValue && e.TimeUnixNs > ready + _durationNs;
            if (!isOver && limits.TryTake())
            {
                output.OnEvent(e);
            }
        }

        public void EndBatch() => output.EndBatch();
    }
}
