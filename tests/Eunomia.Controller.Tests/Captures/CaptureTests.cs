using System.Buffers;
using Eunomia.Controller.Captures;
using Eunomia.Controller.Ingest;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Controller.Tests.Ingest;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Protocol;
using Eunomia.Protocol.Capture.V1;
using Eunomia.Protocol.Collector.V1;
using Eunomia.TestKit;
using Microsoft.Extensions.Time.Testing;
using AccountsFrame = Eunomia.Protocol.Capture.V1.Accounts;
using ContainerFrame = Eunomia.Protocol.Capture.V1.Container;

namespace Eunomia.Controller.Tests.Captures;

public sealed class CaptureTests
{
    private const ulong Key = 77;
    private static readonly string Id = TestHost.Id("abc");
    private static readonly InspectContainerResponse Details = new()
    {
        Runtime = "docker",
        Name = "web-1",
        Image = "nginx:1@sha256:d",
        PodUid = "u-1",
        ImageId = "sha256:1",
        ImageDigest = "sha256:d",
        User = "app",
        Uid = 0,
        Gid = 7,
        CapabilitiesBounding = 1UL << 40,
        CapabilitiesEffective = 0,
        Facts = 1,
        FactsKnown = 3,
        ApparmorProfile = "a",
        SeccompProfile = "default",
        Healthcheck = "NONE",
        Incomplete = true,
        Mounts = { new ContainerMount { Source = "/etc", Destination = "/h", Mode = "ro", ReadOnly = true, Propagation = "rslave" } },
        Labels = { new ContainerLabel { Key = "l", Value = "1" } },
        Annotations = { new ContainerLabel { Key = "a", Value = "2" } },
        PodLabels = { new ContainerLabel { Key = "app", Value = "shop" } },
        PodAnnotations = { new ContainerLabel { Key = "p", Value = "3" } },
    };

    private static readonly ProcessSpec Inside = new ProcessSpec(30, 30_000).In(Key);

    [Fact]
    public async Task Replay_OfASession_IsTheSameEventsAndAccount()
    {
        (byte[] capture, IReadOnlyList<SeenEvent> live, SessionResult result) = await RecordAsync();

        (IReadOnlyList<SeenEvent> again, SessionResult replayed) = await ReplayAsync(capture);

        Assert.Equal(live.Select(e => e.Line), again.Select(e => e.Line));
        Assert.Equal(result.Ledger.Rows, replayed.Ledger.Rows);
        Assert.True(replayed.IsPerfect);
    }

    /// <summary>The name came while events waited for it: at the same place again.</summary>
    [Fact]
    public async Task Replay_OfASelectionByName_HasTheNameInEveryEvent()
    {
        Assert.True(ContainerSelector.TryParse("web", out ContainerSelector? web, out _));
        (byte[] capture, IReadOnlyList<SeenEvent> live, _) = await RecordAsync(web);

        (IReadOnlyList<SeenEvent> again, _) = await ReplayAsync(capture, new EventFilter(EventKinds.ProcessTracker, [web]));

        Assert.NotEmpty(live);
        Assert.All(again, e => Assert.Contains("\"name\":\"web-1\"", e.Line, StringComparison.Ordinal));
        Assert.Equal(live.Select(e => e.Line), again.Select(e => e.Line));
    }

    /// <summary>Batches of the fake collector are 1 µs apart: a thousandth of the speed makes that 1 ms.</summary>
    [Fact]
    public async Task Replay_Paced_TakesAsLongAsItTook()
    {
        (byte[] capture, IReadOnlyList<SeenEvent> live, _) = await RecordAsync();
        var time = new FakeTimeProvider();
        DateTimeOffset begin = time.GetUtcNow();

        Task<(IReadOnlyList<SeenEvent> Events, SessionResult Result)> replay = ReplayAsync(capture, null, 0.001, time);
        while (!replay.IsCompleted)
        {
            await Task.WhenAny(replay, Task.Delay(5));
            if (!replay.IsCompleted)
            {
                time.Advance(TimeSpan.FromMilliseconds(0.25));
            }
        }

        Assert.Equal(live.Select(e => e.Line), (await replay).Events.Select(e => e.Line));
        int batches = Batches(capture);
        Assert.InRange(batches, 3, 10);
        Assert.InRange((time.GetUtcNow() - begin).TotalMilliseconds, batches - 1, 4 * batches);
    }

    /// <summary>What was known of the container, and the names of its users, in the same words.</summary>
    [Fact]
    public async Task Replay_HasWhatWasFoundOut()
    {
        (byte[] capture, _, _) = await RecordAsync();
        using CaptureReader reader = Open(capture);
        List<CaptureFrameType> types = [];
        AccountsFrame? accounts = null;
        InspectContainerResponse? container = null;
        while (reader.TryRead())
        {
            types.Add(reader.Type);
            accounts = reader.Type == CaptureFrameType.Accounts && reader.Parse(AccountsFrame.Parser) is { Container.Length: > 0 } own ? own : accounts;
            container = reader.Type == CaptureFrameType.Container ? reader.Parse(ContainerFrame.Parser).Metadata : container;
        }

        Assert.Equal(Details, container);
        Assert.Equal((Id, "boss"), (accounts!.Container, Assert.Single(accounts.Users).Name));
        Assert.Equal(2, types.Count(type => type == CaptureFrameType.Accounts)); // the host's too
    }

    [Fact]
    public async Task Header_SaysWhatWasRecorded()
    {
        Assert.True(ContainerSelector.TryParse("web", out ContainerSelector? web, out _));
        (byte[] capture, _, _) = await RecordAsync(web);

        using CaptureReader reader = Open(capture);

        Assert.Equal(("box", "test"), (reader.Header.Hostname, reader.Header.Version));
        Assert.Equal(["web"], reader.Header.Containers);
        Assert.Contains("process.exec", reader.Header.Events);
    }

    [Fact]
    public async Task Replay_CutAnywhere_ShowsWhatComesBefore()
    {
        (byte[] capture, IReadOnlyList<SeenEvent> live, _) = await RecordAsync();
        int first = HeaderLength(capture);

        for (int length = first; length < capture.Length; length++)
        {
            (IReadOnlyList<SeenEvent> again, SessionResult result) = await ReplayAsync(capture[..length]);

            Assert.Equal(live.Take(again.Count).Select(e => e.Line), again.Select(e => e.Line));
            Assert.False(result.IsPerfect);
        }
    }

    [Fact]
    public async Task Open_CutWithinItsHeader_SaysThatItIsNone()
    {
        (byte[] capture, _, _) = await RecordAsync();

        for (int length = 0; length < HeaderLength(capture); length++)
        {
            CaptureException error = Assert.Throws<CaptureException>(() => Open(capture[..length]));
            Assert.StartsWith("x.eun is ", error.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Whatever a byte is changed to, it is read, or refused in one line.</summary>
    [Fact]
    public async Task Replay_DamagedAnywhere_NeverCrashes()
    {
        (byte[] capture, _, _) = await RecordAsync();
        var random = new Random(1);

        for (int round = 0; round < 2_000; round++)
        {
            byte[] damaged = [.. capture];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                await ReplayAsync(damaged);
            }
            catch (CaptureException error)
            {
                Assert.DoesNotContain('\n', error.Message);
            }
        }
    }

    [Fact]
    public async Task Open_OfAnotherAbi_NamesBoth()
    {
        (byte[] capture, _, _) = await RecordAsync();
        int at = CaptureMagicAndHead;
        Assert.Equal([8, 1, 16, (byte)RecordAbi.Version], capture[at..(at + 4)]);
        capture[at + 3] = 99;

        CaptureException error = Assert.Throws<CaptureException>(() => Open(capture));

        Assert.Contains($"record ABI 99); this one reads format 1 and record ABI {RecordAbi.OldestReadable} to {RecordAbi.Version}", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The version in a file is anybody's word.</summary>
    [Fact]
    public void Open_OfAnotherFormat_ShowsNothingThatATerminalObeys()
    {
        var bytes = new ArrayBufferWriter<byte>();
        bytes.Write(CaptureFrames.Magic);
        CaptureFrames.Write(bytes, CaptureFrameType.Header, new CaptureHeader { Format = 2, Version = "1.0-rc\u001b[31m\n\u009b2J\u202e" + new string('9', 99) });

        CaptureException error = Assert.Throws<CaptureException>(() => Open(bytes.WrittenSpan.ToArray()));

        Assert.StartsWith("x.eun was written by eunomiactl 1.0-rc31m2J99", error.Message, StringComparison.Ordinal);
        Assert.All(error.Message, c => Assert.InRange(c, ' ', '~'));
        Assert.InRange(error.Message.Length, 1, 150);
    }

    private const int CaptureMagicAndHead = 16;

    private static int HeaderLength(byte[] capture) => CaptureMagicAndHead + BitConverter.ToInt32(capture, 8);

    private static int Batches(byte[] capture)
    {
        using CaptureReader reader = Open(capture);
        int count = 0;
        while (reader.TryRead())
        {
            count += reader.Type is CaptureFrameType.Begin or CaptureFrameType.Batch ? 1 : 0;
        }
        return count;
    }

    /// <summary>As many as there are now; another thread writes.</summary>
    private static int Frames(ArrayBufferWriter<byte> capture, CaptureFrameType wanted)
    {
        using CaptureReader reader = Open(capture.WrittenSpan.ToArray());
        int count = 0;
        while (reader.TryRead())
        {
            count += reader.Type == wanted ? 1 : 0;
        }
        return count;
    }

    private static CaptureReader Open(byte[] capture) => CaptureReader.Open(new MemoryStream(capture), "x.eun");

    /// <summary>A container that comes with its name, what runs in it, and a process of the host.</summary>
    private static async Task<(byte[] Capture, IReadOnlyList<SeenEvent> Live, SessionResult Result)> RecordAsync(
        ContainerSelector? selector = null)
    {
        var capture = new ArrayBufferWriter<byte>();
        var filter = new EventFilter(EventKinds.ProcessTracker, selector is null ? [] : [selector]);
        await using SessionFixture fixture = await SessionFixture.StartedAsync(
            filter,
            collector =>
            {
                collector.Containers[Id] = Details;
                collector.Accounts[(30, 30_000)] = new LookupUserResponse { Users = { new UserAccount { Uid = 0, Name = "boss", Home = "/b" } } };
            },
            options => options with { Capture = new CaptureWriter(capture, "test"), Accounts = true });
        FakeCollector collector = fixture.Collector;
        collector.Send(SessionFixture.Mkdir, fixture.Records.Mkdir(Key, $"/docker/{Id}").Take());
        await Eventually.TrueAsync(() => collector.Inspected.Contains(Id), "the container is asked for");
        collector.Send(SessionFixture.Exec, fixture.Records.Exec(Inside, new ExecSpec { Exe = "/bin/inside" }).Take(), fixture.ExecRecord(40));
        await Eventually.TrueAsync(() => Frames(capture, CaptureFrameType.Accounts) == 2, "names of the container and of the host");
        SessionResult result = await fixture.StopAsync();
        return (capture.WrittenSpan.ToArray(), fixture.Output.Events, result);
    }

    internal static async Task<(IReadOnlyList<SeenEvent> Events, SessionResult Result)> ReplayAsync(
        byte[] capture, EventFilter? filter = null, double? speed = null, TimeProvider? time = null)
    {
        using CaptureReader reader = Open(capture);
        using var output = new TestOutput();
        var options = new SessionOptions { Filters = [filter ?? new EventFilter(EventKinds.ProcessTracker)], Hostname = reader.Header.Hostname };
        SessionResult result = await new CaptureReplay(reader, options, output, speed, time ?? TimeProvider.System).RunAsync(CancellationToken.None);
        return (output.Events, result);
    }
}
