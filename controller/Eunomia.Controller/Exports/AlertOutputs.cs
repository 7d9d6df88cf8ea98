using Eunomia.Controller.Exports.AlertFiles;
using Eunomia.Controller.Exports.Alertmanager;
using Eunomia.Controller.Exports.Delivery;
using Eunomia.Controller.Exports.Journald;
using Eunomia.Controller.Exports.Syslog;
using Eunomia.Controller.Exports.Terminal;
using Eunomia.Controller.Exports.Webhook;
using Eunomia.Controller.Hosting;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Exports;

/// <summary>
/// Everything behind the engine: collapses alerts and hands what comes out to each output and to whoever follows. For
/// several threads.
/// </summary>
public sealed class AlertOutputs : IAlertOutlet, IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly AlertCollapse _collapse;
    private readonly AlertDelivery? _terminal;
    private readonly List<AlertDelivery> _deliveries = [];
    private readonly Action<Alert>? _follower;
    private readonly ITimer _timer;

    private AlertOutputs(AlertOptions options, AlertOutputsContext context)
    {
        (_time, _follower) = (context.Time, context.Follower);
        _collapse = new AlertCollapse(options.Collapse, Distribute);
        _terminal = options.Terminal.Enabled ? Terminal(options.Terminal, context) : null;
        Add(options, context);
        _timer = _time.CreateTimer(_ => Advance(), null, Tick, Tick);
    }

    /// <summary>The account of each output.</summary>
    public IReadOnlyList<DeliveryStatus> Status => [.. All.Select(delivery => delivery.Status)];

    private IEnumerable<AlertDelivery> All => _terminal is null ? _deliveries : _deliveries.Prepend(_terminal);

    /// <summary>Opens all outputs and begins to deliver what an earlier run left. What cannot be reached now is tried again.</summary>
    public static AlertOutputs Start(AlertOptions options, AlertOutputsContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        var outputs = new AlertOutputs(options, context);
        foreach (AlertDelivery delivery in outputs.All)
        {
            delivery.Start();
        }
        return outputs;
    }

    /// <summary>Takes an alert. Waits for nothing.</summary>
    public void Publish(Alert alert)
    {
        lock (_lock)
        {
            _collapse.Add(alert, Now());
        }
    }

    /// <summary>Ends when all that came out so far is in a spool, delivered or counted as lost; the terminal, which keeps nothing, is not waited for.</summary>
    public Task SettledAsync() => Task.WhenAll(_deliveries.Select(delivery => delivery.SettledAsync()));

    /// <summary>Tells all repeats that are still being counted, and delivers what can be delivered in this time.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        lock (_lock)
        {
            _collapse.Flush();
        }
        await _timer.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(All.Select(delivery => delivery.StopAsync(limit))).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        foreach (AlertDelivery delivery in All)
        {
            await delivery.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Advance()
    {
        if (_lock.TryEnter()) // else somebody publishes, which advances too
        {
            try
            {
                _collapse.Advance(Now());
            }
            finally
            {
                _lock.Exit();
            }
        }
    }

    private long Now() => _time.GetElapsedTime(0).Ticks * 100;

    private void Distribute(Alert alert)
    {
        EncodedAlert encoded = EncodedAlert.Of(alert);
        foreach (AlertDelivery delivery in All)
        {
            delivery.Offer(encoded);
        }
        _follower?.Invoke(alert);
    }

    // Without a spool: what a terminal has not shown is of no use to the next one.
    private static AlertDelivery Terminal(TerminalOptions options, AlertOutputsContext context) => new(
        new TerminalTransport(options, context.Text, context.Stdout), new DeliveryOptions { Selection = options.Selection, IsPatient = true },
        context.Time, context.Observer);

    private void Add(AlertOptions options, AlertOutputsContext context)
    {
        if (options.File is { } file)
        {
            Add(options, context, new AlertFileTransport(file), file.Selection);
        }
        if (options.Journald is { } journald)
        {
            Add(options, context, new JournaldTransport(journald), journald.Selection);
        }
        if (options.Syslog is { } syslog)
        {
            Add(options, context, new SyslogTransport(syslog), syslog.Selection);
        }
        if (options.Webhook is { } webhook)
        {
            Add(options, context, new WebhookTransport(webhook), webhook.Selection, webhook.Timeout);
        }
        foreach (Uri address in options.Alertmanager?.Addresses ?? [])
        {
            Add(options, context, new AlertmanagerTransport(options.Alertmanager!, address, context.Time), options.Alertmanager!.Selection, options.Alertmanager.Timeout);
        }
    }

    private void Add(AlertOptions options, AlertOutputsContext context, IAlertTransport transport, AlertSelection selection, TimeSpan? timeout = null)
    {
        var delivery = new DeliveryOptions
        {
            Selection = selection,
            SpoolFolder = options.SpoolFolder is { } folder ? Path.Combine(folder, FolderOf(transport.Name)) : null,
            SpoolSize = options.SpoolSize,
        };
        _deliveries.Add(new AlertDelivery(transport, timeout is { } limit ? delivery with { Timeout = limit } : delivery, context.Time, context.Observer));
    }

    // "alertmanager 10.0.0.1:9093/x" is alertmanager_10.0.0.1_9093_x.
    private static string FolderOf(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_'));
}
