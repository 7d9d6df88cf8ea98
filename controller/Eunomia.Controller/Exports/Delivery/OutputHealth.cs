namespace Eunomia.Controller.Exports.Delivery;

/// <summary>Remembers whether something works, and tells when that changes.</summary>
internal sealed class OutputHealth(string name, IAlertOutputObserver observer)
{
    private volatile string? _failure;

    /// <summary>Why it does not work; null while it does.</summary>
    public string? Failure => _failure;

    /// <summary>What the last attempt came to: null for success.</summary>
    public void Note(string? failure)
    {
        string? before = _failure;
        _failure = failure;
        if (failure is not null && before is null)
        {
            observer.Failed(name, failure);
        }
        else if (failure is null && before is not null)
        {
            observer.Works(name);
        }
    }
}
