using Eunomia.Controller.Captures;
using Eunomia.Controller.Hosting;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Controller.Tests.Ingest;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;
using Eunomia.Protocol;
using Eunomia.Protocol.Collector.V1;
using Eunomia.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace Eunomia.Controller.Tests.Captures;

public sealed class AlertCapturesTests : IDisposable
{
    private const ulong Key = 77;
    private static readonly string Id = TestHost.Id("abc");
    private static readonly ProcessSpec Server = new ProcessSpec(30, 30_000).In(Key);
    private static readonly ProcessSpec Visitor = new ProcessSpec(31, 31_000).In(Key);
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _log = new();

    private CaptureOptions Options => new() { Folder = _folder.File("captures") };

    private string[] Files => Directory.Exists(Options.Folder) ? [.. Directory.GetFiles(Options.Folder).Order(StringComparer.Ordinal)] : [];

    public void Dispose()
    {
        _folder.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task Capture_Alert_HasWhatCameBeforeAndAfterAndWhatWasKnown()
    {
        await using AlertCaptures captures = Create();
        await using SessionFixture session = await StartAsync(captures);

        session.Collector.Send(SessionFixture.Exec, Visit(session, "/bin/before"));
        await SeenAsync(session, 1);
        Alert alert = captures.Capture(FakeDetection.Alert());
        session.Collector.Send(SessionFixture.Exec, Visit(session, "/bin/after"));
        await SeenAsync(session, 2);
        IReadOnlyList<SeenEvent> again = await ReplayAsync(await WrittenAsync(alert));

        Assert.Equal(["capture"], alert.Actions);
        Assert.Equal(Path.Combine(Options.Folder, alert.Id + ".eun"), alert.Capture);
        Assert.Equal(session.Output.Events.Select(e => e.Line), again.Select(e => e.Line));
        Assert.All(again, e => Assert.Contains("\"name\":\"web-1\"", e.Line, StringComparison.Ordinal));
    }

    /// <summary>What ran before what is remembered is listed anew with each segment, and what was long ago is not there.</summary>
    [Fact]
    public async Task Capture_AfterALongTime_KnowsWhatRan()
    {
        await using AlertCaptures captures = Create();
        await using SessionFixture session = await StartAsync(captures);
        session.Collector.Send(SessionFixture.Exec, Visit(session, "/bin/old"));
        await SeenAsync(session, 1);
        for (int turn = 1; turn <= 3; turn++)
        {
            int listings = session.Collector.Snapshots;
            _time.Advance(Options.Before);
            session.Collector.Send(SessionFixture.Exec, Visit(session, $"/bin/turn{turn}"));
            await Eventually.TrueAsync(
                () =>
                {
                    session.Collector.Send(SessionFixture.Exec); // a listing may still be under way when it is due
                    return session.Collector.Snapshots == listings + 1;
                },
                "what runs is listed");
            await SeenAsync(session, 1 + turn);
        }

        session.Collector.Send(SessionFixture.Exec, session.Records.Exec(Server, new ExecSpec { Exe = "/bin/new" }).Take());
        await SeenAsync(session, 5);
        IReadOnlyList<SeenEvent> again = await ReplayAsync(await WrittenAsync(captures.Capture(FakeDetection.Alert())));

        Assert.Equal(session.Output.Events.Skip(2).Select(e => e.Line), again.Select(e => e.Line));
        Assert.Contains("\"name\":\"web-1\"", again[^1].Line, StringComparison.Ordinal);
    }

    /// <summary>Where more comes than fits, it is for less time.</summary>
    [Fact]
    public async Task Capture_MoreThanTheWindow_HasTheNewest()
    {
        CaptureOptions options = Options with { LargestWindow = 64 << 10 };
        await using AlertCaptures captures = Create(options);
        await using SessionFixture session = await StartAsync(captures);
        for (int n = 1; n <= 100; n++)
        {
            session.Collector.Send(SessionFixture.Exec, Visit(session, $"/bin/{n}/{new string('x', 2000)}"));
            await SeenAsync(session, n);
        }

        string file = await WrittenAsync(captures.Capture(FakeDetection.Alert()));
        IReadOnlyList<SeenEvent> again = await ReplayAsync(file);

        Assert.InRange(new FileInfo(file).Length, options.LargestWindow / 4, options.LargestWindow * 5 / 4);
        Assert.Equal(session.Output.Events.TakeLast(again.Count).Select(e => e.Line), again.Select(e => e.Line));
    }

    /// <summary>Rules that fire all the time neither fill the disk nor push out the first file.</summary>
    [Fact]
    public async Task Capture_ManyAlerts_AreOneFileAMinuteForEachContainer()
    {
        await using AlertCaptures captures = Create();
        await using SessionFixture session = await StartAsync(captures);

        Alert first = captures.Capture(FakeDetection.Alert(container: "a"));
        Alert meanwhile = captures.Capture(FakeDetection.Alert(container: "b"));
        await WrittenAsync(first);
        Alert soon = captures.Capture(FakeDetection.Alert(container: "a"));
        Alert elsewhere = captures.Capture(FakeDetection.Alert(container: "c"));
        await WrittenAsync(elsewhere);
        _time.Advance(Options.Rest);
        Alert later = captures.Capture(FakeDetection.Alert(container: "a"));
        await WrittenAsync(later);

        Assert.Equal(first.Capture, meanwhile.Capture);
        Assert.Equal((null, 0), (soon.Capture, soon.Actions.Count));
        Assert.Equal(new[] { first.Capture, elsewhere.Capture, later.Capture }.Order(StringComparer.Ordinal), Files);
    }

    [Fact]
    public async Task Capture_OtherRules_AreNotCaptured()
    {
        await using AlertCaptures captures = Create();
        await using SessionFixture session = await StartAsync(captures);

        Alert alert = captures.Capture(FakeDetection.Alert("second"));

        Assert.Equal((null, 0), (alert.Capture, alert.Actions.Count));
        Assert.Empty(Files);
    }

    [Fact]
    public async Task Capture_NoRuleWantsIt_NothingIsListedOrKept()
    {
        await using AlertCaptures captures = Create();
        captures.Adopt([]);
        await using SessionFixture session = await StartAsync(captures);
        _time.Advance(Options.Before * 2);
        session.Collector.Send(SessionFixture.Exec, Visit(session, "/bin/x"));
        await SeenAsync(session, 1);

        Assert.Equal(1, session.Collector.Snapshots);
        captures.Adopt([Wanting]);
        Assert.Null(captures.Capture(FakeDetection.Alert()).Capture);
    }

    [Fact]
    public async Task Capture_FolderCannotBe_IsToldAtOnceAndInTheAlert()
    {
        File.WriteAllText(Options.Folder, "a file");
        await using AlertCaptures captures = Create();
        await using SessionFixture session = await StartAsync(captures);

        Alert alert = captures.Capture(FakeDetection.Alert());

        Assert.Contains("nothing can be captured: ", _log.ToString(), StringComparison.Ordinal);
        Assert.Equal(["capture failed"], alert.Actions);
        Assert.Equal(["capture failed"], captures.Capture(FakeDetection.Alert()).Actions);
        Assert.Null(alert.Capture);
    }

    [Fact]
    public async Task Capture_TooMuchOnDisk_TheOldestGoAndNobodyElsesFiles()
    {
        Directory.CreateDirectory(Options.Folder);
        string old = Path.Combine(Options.Folder, "01900000-0000-7000-8000-000000000000.eun");
        string others = Path.Combine(Options.Folder, "mine.eun");
        File.WriteAllBytes(old, new byte[4096]);
        File.WriteAllBytes(others, new byte[4096]);
        await using AlertCaptures captures = Create(Options with { LargestSize = 1 });
        await using SessionFixture session = await StartAsync(captures);

        Alert alert = captures.Capture(FakeDetection.Alert());
        await WrittenAsync(alert);

        await Eventually.TrueAsync(() => Files.Length == 2, "the oldest is gone");
        Assert.Equal(new[] { alert.Capture, others }.Order(StringComparer.Ordinal), Files);
    }

    /// <summary>The daemon ends, or dies: what came before is there.</summary>
    [Fact]
    public async Task Dispose_WhileAFileIsWritten_EndsIt()
    {
        AlertCaptures captures = Create();
        await using SessionFixture session = await StartAsync(captures);
        session.Collector.Send(SessionFixture.Exec, Visit(session, "/bin/before"));
        await SeenAsync(session, 1);

        Alert alert = captures.Capture(FakeDetection.Alert());
        await captures.DisposeAsync();

        Assert.Single(await ReplayAsync(alert.Capture!));
    }

    /// <summary>Events wait for their container's name.</summary>
    private static EventFilter Waiting => new(EventKinds.ProcessTracker) { AwaitsMetadata = true };

    private static RuleStatus Wanting => new(FakeDetection.Rule("first").Rule with { Actions = RuleActions.Capture });

    private AlertCaptures Create(CaptureOptions? options = null)
    {
        var captures = new AlertCaptures(options ?? Options, "test", new ServiceLog(_log, "eunomiactl", journal: false), _time);
        captures.Adopt([Wanting]);
        return captures;
    }

    /// <summary>A container that runs already, with its name.</summary>
    private static async Task<SessionFixture> StartAsync(AlertCaptures captures)
    {
        var records = new RecordBuilder { Flags = RecordTraits.Snapshot };
        byte[] running = records.Mkdir(Key, $"/docker/{Id}").Exec(Server, new ExecSpec { Exe = "/bin/server" }).Take();
        SessionFixture session = await SessionFixture.StartedAsync(
            Waiting,
            collector =>
            {
                collector.Containers[Id] = new InspectContainerResponse { Runtime = "docker", Name = "web-1" };
                collector.SnapshotRecords.Add(running);
            },
            options => options with { Capture = captures.Sink, RelistPause = TimeSpan.Zero });
        await Eventually.TrueAsync(() => session.Collector.Inspected.Contains(Id), "the container is asked for");
        return session;
    }

    private static byte[] Visit(SessionFixture session, string exe) => session.Records.Exec(Visitor, new ExecSpec { Exe = exe }).Take();

    private static Task SeenAsync(SessionFixture session, int count) =>
        Eventually.TrueAsync(() => session.Output.Events.Count >= count, $"{count} events");

    /// <summary>The file, when it is complete.</summary>
    private async Task<string> WrittenAsync(Alert alert)
    {
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(50));
                return HasEnded(alert.Capture!);
            },
            "the file is complete");
        return alert.Capture!;
    }

    private static bool HasEnded(string path)
    {
        using CaptureReader? reader = new FileInfo(path).Length > 0 ? CaptureReader.Open(File.OpenRead(path), path) : null;
        while (reader?.TryRead() == true)
        {
            if (reader.Type == CaptureFrameType.End)
            {
                return true;
            }
        }
        return false;
    }

    private static async Task<IReadOnlyList<SeenEvent>> ReplayAsync(string path) => (await CaptureTests.ReplayAsync(await File.ReadAllBytesAsync(path), Waiting)).Events;
}
