using System.Collections.Concurrent;
using Eunomia.Controller.Exports.Delivery;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Tests.Exports;

/// <summary>A transport that does what a test says: null is success.</summary>
internal sealed class FakeTransport(int most = 4) : IAlertTransport
{
    public ConcurrentQueue<Alert> Taken { get; } = [];

    /// <summary>What the next attempts come to; later ones succeed.</summary>
    public ConcurrentQueue<Exception?> Outcomes { get; } = [];

    /// <summary>All attempts wait for it.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public Func<Alert, Exception?> Judge { get; set; } = _ => null;

    public int Attempts { get; private set; }

    public string Name => "fake";

    public int MostPerSend => most;

    public IEnumerable<string> Outputs => Taken.Select(alert => alert.Output);

    public async Task SendAsync(IReadOnlyList<Alert> alerts, CancellationToken cancellation)
    {
        Attempts++;
        if (Gate is { } gate)
        {
            await gate.Task.WaitAsync(cancellation);
        }
        if (Outcomes.TryDequeue(out Exception? outcome) && outcome is not null)
        {
            throw outcome;
        }
        if (alerts.Select(Judge).FirstOrDefault(error => error is not null) is { } error)
        {
            throw error;
        }
        foreach (Alert alert in alerts)
        {
            Taken.Enqueue(alert);
        }
    }

    public void Dispose()
    {
    }
}

/// <summary>Remembers what it was told.</summary>
internal sealed class RecordingObserver : IAlertOutputObserver
{
    public ConcurrentQueue<string> Messages { get; } = [];

    public void Failed(string output, string reason) => Messages.Enqueue($"failed {output}: {reason}");

    public void Works(string output) => Messages.Enqueue($"works {output}");

    public void Refused(string output, Guid alert, string reason) => Messages.Enqueue($"refused {output} {alert}: {reason}");
}
