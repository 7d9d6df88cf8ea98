using Eunomia.Controller.Captures;
using Eunomia.Controller.Ingest;
using Eunomia.Controller.Rules;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Rules.Alerts;
using Eunomia.Core.Rules.Engine;
using Eunomia.TestKit;

namespace Eunomia.Controller.Tests.Rules;

/// <summary>
/// The default rules against what really happened: each case of tests/rules, as it was recorded, makes exactly those rules
/// fire that it is said to. Needs no root; tests/e2e/test_rules.sh runs the cases themselves.
/// </summary>
public sealed class RuleCaptureTests
{
    private const string NoCase = "-";

    /// <summary>Need a module that the kernel takes, and a machine on which docker may give away all rights.</summary>
    private static readonly string[] NotRecorded = ["Kernel module loaded by hand", "Privileged container started"];

    public static TheoryData<string> Captures => [.. RuleCaptures.Paths.Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task DefaultRules_OnRecordedCases_FireExactlyAsListed(string capture)
    {
        string path = Find(capture);

        string[] fired = await ReplayAsync(path);

        Assert.Equal(Listed(path, '+'), fired);
        Assert.Empty(Listed(path, '-').Intersect(fired));
    }

    [Fact]
    public void DefaultRules_AllHaveARecordedTriggerAndANearMiss()
    {
        string[] rules = [.. RuleCompiler.Compile(new RuleLoader().AddDefaults().Load().Set).Rules.Except(NotRecorded)];

        Assert.Empty(rules.Except(RuleCaptures.Paths.SelectMany(path => Listed(path, '+')).Select(RuleOf)));
        Assert.Empty(rules.Except(RuleCaptures.Paths.SelectMany(path => Listed(path, '-')).Select(RuleOf)));
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void Recording_HasEveryKindThatTheDefaultRulesLookAt(string capture)
    {
        string path = Find(capture);
        using CaptureReader reader = CaptureReader.Open(File.OpenRead(path), path);
        CompiledRules rules = RuleCompiler.Compile(new RuleLoader().AddDefaults().Load().Set);

        Assert.Empty(EventKinds.All.Where(rules.Kinds.Contains).Select(EventKinds.Name).Except(reader.Header.Events));
    }

    private static string Find(string capture) => RuleCaptures.Paths.Single(path => Path.GetFileName(path) == capture);

    private static string RuleOf(string line) => line[(line.IndexOf('\t', StringComparison.Ordinal) + 1)..];

    /// <summary>"k1 TAB rule" for each line of the sign.</summary>
    private static string[] Listed(string path, char sign) =>
        [.. RuleCaptures.List(path).Where(line => line[0] == sign).Select(line => line[2..]).Order(StringComparer.Ordinal)];

    private static async Task<string[]> ReplayAsync(string path)
    {
        using CaptureReader reader = CaptureReader.Open(File.OpenRead(path), path);
        var detection = new RuleDetection(reader.Header.Hostname);
        Assert.Empty(detection.Reload([]).Errors);
        SortedSet<string> fired = new(StringComparer.Ordinal);
        detection.Fired += alert => fired.Add($"{CaseOf(alert)}\t{alert.Rule}");
        var options = new SessionOptions
        {
            Filters = [new EventFilter(EventKindSet.Of([.. EventKinds.All])) { AwaitsMetadata = true }],
            Hostname = reader.Header.Hostname,
            Accounts = true,
        };
        await new CaptureReplay(reader, options, new Output(detection), speed: null, TimeProvider.System).RunAsync(CancellationToken.None);
        return [.. fired];
    }

    /// <summary>A case is told by its container's name, or by that of the script which is a process above.</summary>
    private static string CaseOf(Alert alert)
    {
        string?[] names = [alert.Container?.Name?.Replace("rules-", "", StringComparison.Ordinal), alert.Process?.Name, .. alert.Ancestors.Select(process => process.Name)];
        return names.FirstOrDefault(name => name is ['k', .. { Length: > 0 } number] && number.All(char.IsAsciiDigit)) ?? NoCase;
    }

    private sealed class Output(RuleDetection detection) : IEventOutput
    {
        public void Begin(EventPipeline pipeline) => detection.Begin(pipeline);

        public void OnEvent(in EventView e) => detection.OnEvent(e);

        public void EndBatch()
        {
        }
    }
}
