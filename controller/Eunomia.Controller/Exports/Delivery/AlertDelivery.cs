using Eunomia.Controller.Exports.Spooling;

namespace Eunomia.Controller.Exports.Delivery;

/// <summary>
/// One output: memory → spool → transport. A task moves what arrives to the spool, another sends what is in the spool,
/// oldest first, until the transport takes it. When the spool cannot be written, the transport is fed from memory. No
/// output knows of another, and offering an alert never waits.
/// </summary>
public sealed class AlertDelivery : IAsyncDisposable
{
    private const int MostPerWrite = 1024;
    private static readonly TimeSpan SpoolPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(2);
    private readonly IAlertTransport _transport;
    private readonly DeliveryOptions _options;
    private readonly TimeProvider _time;
    private readonly AlertInbox _inbox;
    private readonly AlertSender _sender;
    private readonly OutputHealth _spoolHealth;
    private readonly Signal _arrived = new();
    private readonly Signal _ready = new();
    private readonly CancellationTokenSource _writing = new();
    private readonly CancellationTokenSource _sending = new();
    private Task _writeTask = Task.CompletedTask;
    private Task _sendTask = Task.CompletedTask;
    private volatile Spool? _spool;
    private volatile bool _isEnding;
    private long _received;
    private long _lostAtEnd;

    /// <summary>An output over a transport, which it owns.</summary>
    public AlertDelivery(IAlertTransport transport, DeliveryOptions options, TimeProvider time, IAlertOutputObserver observer)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(options);
        (_transport, _options, _time) = (transport, options, time);
        _inbox = new AlertInbox(options.MemorySize);
        _spoolHealth = new OutputHealth(transport.Name + " spool", observer);
        _sender = new AlertSender(transport, options, time, observer);
    }

    /// <summary>Its account.</summary>
    public DeliveryStatus Status
    {
        get
        {
            long spooled = _spool?.Waiting ?? 0;
            return new DeliveryStatus(_transport.Name)
            {
                Received = Interlocked.Read(ref _received),
                Recovered = _spool?.Recovered ?? 0,
                Delivered = _sender.Delivered,
                Retried = _sender.Retried,
                Waiting = spooled + _inbox.Count + _sender.Orphans,
                Spooled = spooled,
                LostSpoolFull = _spool?.LostFull ?? 0,
                LostMemoryFull = _inbox.Lost,
                LostRefused = _sender.Refused,
                LostCorrupt = (_spool?.LostCorrupt ?? 0) + _sender.Unreadable,
                LostAtEnd = Interlocked.Read(ref _lostAtEnd),
                Failure = _sender.Failure,
                SpoolFailure = _spoolHealth.Failure,
            };
        }
    }

    /// <summary>Opens the spool and begins to deliver, first what an earlier run left.</summary>
    public void Start()
    {
        TryOpenSpool();
        _writeTask = Task.Run(WriteAsync);
        _sendTask = Task.Run(SendAsync);
    }

    /// <summary>Takes an alert, if it is for this output. Never waits.</summary>
    public void Offer(EncodedAlert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        if (!_options.Selection.Includes(alert.Alert))
        {
            return;
        }
        Interlocked.Increment(ref _received);
        if (_isEnding)
        {
            Interlocked.Increment(ref _lostAtEnd);
            return;
        }
        _inbox.Add(alert);
        _arrived.Set();
    }

    /// <summary>Ends when all that was offered before is in the spool, delivered or counted as lost.</summary>
    public Task SettledAsync() => _inbox.EmptyAsync();

    /// <summary>
    /// Delivers what can be delivered in this time; the rest stays in the spool, or without one is counted as lost.
    /// </summary>
    public async Task StopAsync(TimeSpan limit)
    {
        _isEnding = true;
        _sender.End();
        _arrived.Set();
        _ready.Set();
        await EndOf(_sendTask, limit).ConfigureAwait(false);
        await _sending.CancelAsync().ConfigureAwait(false);
        await _writing.CancelAsync().ConfigureAwait(false);
        await EndOf(Task.WhenAll(_sendTask, _writeTask), GracePeriod).ConfigureAwait(false);
        if (_writeTask.IsCompleted)
        {
            WriteOnce();
        }
        Interlocked.Add(ref _lostAtEnd, _inbox.Clear() + _sender.TakeOrphans());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_isEnding)
        {
            await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        }
        if (_writeTask.IsCompleted && _sendTask.IsCompleted) // else one hangs in a system call, and takes what it uses along
        {
            _spool?.Dispose();
            _transport.Dispose();
            _writing.Dispose();
            _sending.Dispose();
        }
    }

    private async Task EndOf(Task task, TimeSpan limit)
    {
        try
        {
            await task.WaitAsync(limit, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It is told to end, or left alone.
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            while (true)
            {
                bool isDone = WriteOnce();
                _ready.Set();
                await (isDone ? _arrived.WaitAsync(_writing.Token) : _arrived.WaitAsync(SpoolPause, _time, _writing.Token)).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    // True when there is nothing to come back for.
    private bool WriteOnce()
    {
        if (_options.SpoolFolder is null)
        {
            return true;
        }
        if (!TryOpenSpool())
        {
            return false;
        }
        while (_inbox.Take(MostPerWrite, inOrder: false) is { Count: > 0 } alerts)
        {
            int appended = _spool!.Append([.. alerts.Select(alert => alert.Json)], out Exception? failure);
            _inbox.Settle(alerts, appended);
            _spoolHealth.Note(failure?.Message);
            _ready.Set();
            if (failure is not null)
            {
                return false;
            }
        }
        return true;
    }

    private bool TryOpenSpool()
    {
        if (_spool is not null || _options.SpoolFolder is null)
        {
            return _spool is not null;
        }
        try
        {
            _spool = new Spool(_options.SpoolFolder, _options.SpoolSize);
            _spoolHealth.Note(null);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _spoolHealth.Note(error.Message);
            return false;
        }
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                _sending.Token.ThrowIfCancellationRequested();
                bool isLast = _isEnding && _inbox.Count == 0; // before looking into the spool: there goes what leaves memory
                if (await ReadAsync().ConfigureAwait(false) is { } batch)
                {
                    if (!await _sender.SendAsync(_spool!, batch, _sending.Token).ConfigureAwait(false))
                    {
                        return;
                    }
                }
                else if (!await SendFromMemoryAsync().ConfigureAwait(false))
                {
                    if (isLast)
                    {
                        return;
                    }
                    await _ready.WaitAsync(_sending.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    // What cannot be read for want of descriptors or memory is there later on.
    private async Task<SpoolBatch?> ReadAsync()
    {
        while (true)
        {
            try
            {
                return _spool?.Read(_transport.MostPerSend);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                _spoolHealth.Note(error.Message);
                await Task.Delay(SpoolPause, _time, _sending.Token).ConfigureAwait(false);
            }
        }
    }

    // Only while the spool cannot be written: otherwise what is in memory is on its way there.
    private async Task<bool> SendFromMemoryAsync()
    {
        if (_options.SpoolFolder is not null && _spoolHealth.Failure is null)
        {
            return false;
        }
        List<EncodedAlert> alerts = _inbox.Take(_transport.MostPerSend, inOrder: true);
        if (alerts.Count == 0)
        {
            return false;
        }
        int done = 0;
        try
        {
            done = await _sender.SendAsync([.. alerts.Select(alert => alert.Alert)], _sending.Token).ConfigureAwait(false);
        }
        finally
        {
            _inbox.Settle(alerts, done);
            _arrived.Set();
        }
        return true;
    }
}
