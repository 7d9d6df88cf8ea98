namespace Eunomia.Controller.Exports.Delivery;

/// <summary>Pauses between attempts: doubled each time, and anywhere between half and all of that, so that many do not come back at once.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    private readonly TimeSpan _first = first;
    private TimeSpan _next = first;

    public void Reset() => _next = _first;

    public TimeSpan Next()
    {
        TimeSpan pause = _next;
        _next = _next * 2 < longest ? _next * 2 : longest;
        return pause * (0.5 + (Random.Shared.NextDouble() / 2));
    }
}
