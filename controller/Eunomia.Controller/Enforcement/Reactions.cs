using Eunomia.Controller.Hosting;
using Eunomia.Controller.Ingest;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Enforcement;

/// <summary>What the collector is asked for after the event: ending a process, or a container. An alert is told with what came of it.</summary>
/// <param name="signal">Asks it.</param>
/// <param name="publish">Gets the alert, from any thread.</param>
/// <param name="log">Why something did not work.</param>
internal sealed class Reactions(
    Func<SignalRequest, CancellationToken, Task<SignalResponse>> signal, Action<Alert> publish, ServiceLog log) : IDisposable
{
    private const uint Kill = 9; // SIGKILL
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];

    /// <summary>An action as alerts name it.</summary>
    public static string Name(RuleActions action, bool isDryRun) => action.ToName() + (isDryRun ? " (dry run)" : "");

    /// <summary>Begins; the alert follows.</summary>
    /// <param name="alert">Of a process in a container.</param>
    /// <param name="actions">What is asked for.</param>
    /// <param name="isDryRun">It is only told.</param>
    public void Begin(Alert alert, RuleActions actions, bool isDryRun)
    {
        RuleActions action = actions.HasFlag(RuleActions.KillContainer) ? RuleActions.KillContainer : RuleActions.Kill;
        if (isDryRun)
        {
            publish(alert with { Actions = [.. alert.Actions, Name(action, isDryRun: true)] });
            return;
        }
        lock (_lock)
        {
            Task task = Task.Run(() => DoAsync(alert, action), CancellationToken.None);
            _running.Add(task);
            _ = task.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <summary>Ends when all that was begun is over.</summary>
    public Task SettledAsync()
    {
        lock (_lock)
        {
            return Task.WhenAll(_running);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _over.Cancel();
        _over.Dispose();
    }

    private async Task DoAsync(Alert alert, RuleActions action)
    {
        string outcome = Name(action, isDryRun: false);
        AlertProcess process = alert.Process!;
        try
        {
            await signal(
                action == RuleActions.KillContainer
                    ? new SignalRequest { CgroupKey = alert.Container!.CgroupKey }
                    : new SignalRequest { Pid = process.Pid, StartNs = process.StartNs, Signal = Kill },
                _over.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is CollectorException or OperationCanceledException)
        {
            outcome += " failed";
            string what = action == RuleActions.KillContainer ? $"container {alert.Container!.Id}" : $"process {process.Pid}";
            log.Write(LogPriority.Warning, $"rule '{alert.Rule}': {what} could not be ended: {error.Message}");
        }
        publish(alert with { Actions = [.. alert.Actions, outcome] });
    }

    private void Forget(Task task)
    {
        lock (_lock)
        {
            _running.Remove(task);
        }
    }
}
