using System.Text.Json;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core.Events;
using Eunomia.TestKit;

namespace Eunomia.Cli.Tests.Commands;

/// <summary>
/// What was recorded on one machine is the same JSON on every other. After a wanted change of the JSON:
/// <c>tests/captures/record --json</c>; of the records' ABI: <c>tests/captures/record</c>.
/// </summary>
public sealed class GoldenCaptureTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Names => [.. GoldenCaptures.Paths.Select(path => Path.GetFileName(path))];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Replay_IsTheJsonBesideIt(string name)
    {
        string capture = RepositoryFiles.Path("tests", "captures", name);
        string[] wanted = File.ReadAllLines(GoldenCaptures.Json(capture));

        string[] got = Replay(capture, "--fmt", "json");

        Assert.True(wanted.SequenceEqual(got), Difference(name, wanted, got));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Replay_AsText_HasALineForEachEvent(string name)
    {
        string capture = RepositoryFiles.Path("tests", "captures", name);

        Assert.Equal(File.ReadAllLines(GoldenCaptures.Json(capture)).Length + 1, Replay(capture).Length);
    }

    [Fact]
    public void Captures_HaveEveryKind()
    {
        IEnumerable<string> recorded = GoldenCaptures.Paths.SelectMany(path => File.ReadLines(GoldenCaptures.Json(path))).Select(Kind);

        string[] missing = [.. EventKinds.All.Select(EventKinds.Name).Except(recorded)];

        Assert.True(missing.Length == 0, $"no capture has {string.Join(", ", missing)}: add it to tests/captures/record");
    }

    /// <summary>The lines of the events; the account must be exact.</summary>
    private string[] Replay(string capture, params string[] options)
    {
        string output = _folder.File("output");
        using var fixture = new CommandFixture();
        int status = fixture.Run(["replay", capture, "--strict", "-o", output, .. options]);
        Assert.True(status == ExitCodes.Success, fixture.Error);
        return File.ReadAllLines(output);
    }

    /// <summary>Where the first one is, and what is around it.</summary>
    private static string Difference(string name, string[] wanted, string[] got)
    {
        int line = wanted.Zip(got).TakeWhile(pair => pair.First == pair.Second).Count();
        string one = line < wanted.Length ? wanted[line] : "(nothing)";
        string other = line < got.Length ? got[line] : "(nothing)";
        int at = one.Zip(other).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"{name}: line {line + 1} of {wanted.Length}, {Kind(wanted[Math.Min(line, wanted.Length - 1)])}, differs at character {at + 1}\n"
            + $" wanted: {Around(one, at)}\n got:    {Around(other, at)}\n"
            + "If that is meant: tests/captures/record --json";
    }

    private static string Around(string line, int at) => $"...{line[Math.Max(0, at - 60)..Math.Min(line.Length, at + 60)]}...";

    private static string Kind(string line)
    {
        using JsonDocument json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("event").GetString() ?? "";
    }
}
