using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Ingest;

/// <summary>
/// Compares what one subscription was made for with what is wanted since. Less is taken out of the kernel's filter; more ends
/// the subscription, so that another one can be made.
/// </summary>
internal sealed class DemandWatch : IDisposable
{
    private const ulong NoKind = 1; // EventKind.None, of which there are no records

    private readonly SubscriptionDemand? _demand;
    private readonly Demand _attached;
    private readonly CollectorClient _client;
    private readonly Action<string> _missed;
    private readonly CancellationTokenSource _over;
    private readonly Lock _lock = new();
    private Demand _told;
    private Task _telling = Task.CompletedTask;
    private bool _begun;

    public DemandWatch(SessionOptions options, CollectorClient client, Action<string> missed, CancellationToken stop)
    {
        (_demand, _client, _missed) = (options.Demand, client, missed);
        _attached = _told = _demand?.Wanted ?? Demand.Least;
        Options = _demand is null
            ? options
            : options with { Narrowed = _attached.Kinds, Syscalls = _attached.Syscalls, EnvironmentNames = _attached.Variables };
        _over = CancellationTokenSource.CreateLinkedTokenSource(stop);
    }

    /// <summary>The session's options as they are for this subscription.</summary>
    public SessionOptions Options { get; }

    /// <summary>Cancelled when the subscription has to end.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Whether it ends because more is wanted.</summary>
    public bool WantsMore { get; private set; }

    /// <summary>All is attached.</summary>
    public void Begin()
    {
        if (_demand is null)
        {
            return;
        }
        _begun = true;
        _demand.NoteAttached(_attached);
        _demand.Changed += Compare;
        Compare();
    }

    public void Dispose()
    {
        if (_begun && _demand is not null)
        {
            _demand.Changed -= Compare;
            _demand.NoteAttached(null);
        }
        lock (_lock)
        {
            _begun = false;
            _over.Dispose();
        }
    }

    private void Compare()
    {
        lock (_lock)
        {
            if (!_begun || _demand is null || WantsMore)
            {
                return;
            }
            Demand wanted = _demand.Wanted;
            if (!_attached.Covers(wanted))
            {
                WantsMore = true;
                _ = Task.Run(End);
            }
            else if (wanted != _told)
            {
                _told = wanted;
                _telling = _telling.ContinueWith(_ => TellAsync(wanted), TaskScheduler.Default).Unwrap();
            }
        }
    }

    private void End()
    {
        lock (_lock)
        {
            if (_begun)
            {
                _over.Cancel();
            }
        }
    }

    private async Task TellAsync(Demand wanted)
    {
        ulong kinds = KindFamilies.Mask(wanted.Kinds);
        try
        {
            // 0 would mean: as before.
            var request = new UpdateFilterRequest { Kinds = kinds == 0 ? NoKind : kinds };
            await _client.UpdateFilterAsync(request, _over.Token).ConfigureAwait(false);
        }
        catch (CollectorException error) when (!error.IsTransient && error.Fault != CollectorFault.NotPossible)
        {
            _missed($"the collector does not change what it records: {error.Message}");
        }
        catch (Exception error) when (error is CollectorException or OperationCanceledException or ObjectDisposedException)
        {
            // The next subscription begins with what is wanted then.
        }
    }
}
