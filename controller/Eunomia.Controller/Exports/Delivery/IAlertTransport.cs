using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Exports.Delivery;

/// <summary>How alerts get to one place. Knows nothing of queues: it sends, or throws.</summary>
public interface IAlertTransport : IDisposable
{
    /// <summary>Names it in counters and messages, and its folder in the spool.</summary>
    string Name { get; }

    /// <summary>How many alerts one call takes.</summary>
    int MostPerSend { get; }

    /// <summary>
    /// Returns when all of them are where they should be. Any exception means that this is not sure: they are sent again.
    /// <see cref="AlertRefusedException"/> means that they will never be taken.
    /// </summary>
    Task SendAsync(IReadOnlyList<Alert> alerts, CancellationToken cancellation);
}
