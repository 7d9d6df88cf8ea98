using Eunomia.Core.Rules;

namespace Eunomia.Controller.Enforcement;

/// <summary>
/// Numbers of policies: a rule's action keeps its own for as long as the daemon lives, whatever is reloaded, so that counters go
/// on and a late record names the right rule. For several threads.
/// </summary>
public sealed class PolicyIds
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Rule, RuleActions Action), uint> _ids = [];
    private readonly List<(string Rule, RuleActions Action)> _names = [];

    /// <summary>The number; not 0.</summary>
    public uint Of(string rule, RuleActions action)
    {
        lock (_lock)
        {
            if (!_ids.TryGetValue((rule, action), out uint id))
            {
                _names.Add((rule, action));
                _ids[(rule, action)] = id = (uint)_names.Count;
            }
            return id;
        }
    }

    /// <summary>Whose number that is.</summary>
    public (string Rule, RuleActions Action)? Find(uint id)
    {
        lock (_lock)
        {
            return id > 0 && id <= _names.Count ? _names[(int)id - 1] : null;
        }
    }
}
