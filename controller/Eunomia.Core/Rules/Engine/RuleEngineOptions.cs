using Eunomia.Core.Accounts;

namespace Eunomia.Core.Rules.Engine;

/// <summary>What rules may ask beside the events.</summary>
/// <param name="Hostname">Host name.</param>
public sealed record RuleEngineOptions(string Hostname)
{
    /// <summary>Names of users and groups; null: none are known.</summary>
    public IAccountNames? Accounts { get; init; }
}
