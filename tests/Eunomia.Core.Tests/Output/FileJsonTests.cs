using System.Buffers;
using System.Text;
using System.Text.Json;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Output;

public sealed class FileJsonTests
{
    private static readonly ProcessSpec Shell = new(42, 1_000_000_001) { Ppid = 7, Uid = 1000, Gid = 100, Vpid = 3, Comm = "worker" };

    [Fact]
    public void Open_Full_IsThisLine()
    {
        var open = new FileOpenSpec
        {
            Path = "/srv/b",
            Raw = "a/../b",
            Flags = 0x80241,
            Resolve = 0x48,
            Mode = 0x1b4,
            Inode = 5,
            Device = (253 << 20) | 1,
            FileMode = 0x81a4,
            Result = 3,
            Traits = FileTraits.Created,
            Truncated = Truncation.Path | Truncation.Raw,
        };

        Assert.Equal(
            """{"time":"2026-01-01T00:16:40.000001000Z","event":"file.open","host":"box","process":{"pid":42,"tid":42,"ppid":7,"vpid":3,"name":"worker","exe":"/bin/sh","args":["sh"],"cwd":"/","uid":1000,"gid":100,"loginuid":5,"start_time":"2026-01-01T00:00:01.000000001Z"},"file":{"path":"/srv/b","path_raw":"a/../b","path_source":"dentry","type":"regular","inode":5,"device":"253:1","flags":["O_WRONLY","O_CREAT","O_TRUNC","O_CLOEXEC"],"resolve":["RESOLVE_BENEATH","0x40"],"mode":"0664","created":true},"result":3,"truncated":["path","path_raw"]}""",
            Line(r => r.Exec(Shell, new ExecSpec { Loginuid = 5 }).FileOpen(Shell, open)));
    }

    [Fact]
    public void Open_Failed_HasTheErrorAndALexicalPath()
    {
        JsonElement json = Open(new FileOpenSpec { Raw = "../x", Base = "/srv/a", Flags = 0x80000, Result = -2 });

        Assert.Equal("""{"path":"/srv/x","path_raw":"../x","path_source":"lexical","flags":["O_RDONLY","O_CLOEXEC"]}""", File(json));
        Assert.Equal("ENOENT", json.GetProperty("error").GetString());
        Assert.False(json.TryGetProperty("result", out _));
    }

    [Theory]
    [InlineData("read only", 0x0UL, "O_RDONLY")]
    [InlineData("write only", 0x1UL, "O_WRONLY")]
    [InlineData("both", 0x2UL, "O_RDWR")]
    [InlineData("neither", 0x3UL, "O_ACCMODE")]
    [InlineData("path", 0x200000UL, "O_PATH")]
    [InlineData("path has no access mode", 0x2b0002UL, "O_PATH O_DIRECTORY O_NOFOLLOW O_CLOEXEC")]
    [InlineData("synchronous", 0x101000UL, "O_RDONLY O_SYNC")]
    [InlineData("data only", 0x1000UL, "O_RDONLY O_DSYNC")]
    [InlineData("half of synchronous", 0x100000UL, "O_RDONLY 0x100000")]
    [InlineData("temporary", 0x410002UL, "O_RDWR O_TMPFILE")]
    [InlineData("all the others", 0x7eec1UL, "O_WRONLY O_CREAT O_EXCL O_TRUNC O_APPEND O_NONBLOCK O_ASYNC O_DIRECT O_LARGEFILE O_DIRECTORY O_NOFOLLOW O_NOATIME")]
    [InlineData("terminal", 0x102UL, "O_RDWR O_NOCTTY")]
    [InlineData("unknown", 0x8000000080000000UL, "O_RDONLY 0x8000000080000000")]
    public void Flags_OfAnOpen_HaveTheirNames(string name, ulong flags, string expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected, Words(Open(new FileOpenSpec { Raw = "/a", Flags = flags }).GetProperty("file").GetProperty("flags")));
    }

    [Fact]
    public void Resolve_EveryFlag_HasItsName()
    {
        JsonElement json = Open(new FileOpenSpec { Raw = "/a", Resolve = 0x3f });

        Assert.Equal(
            "RESOLVE_NO_XDEV RESOLVE_NO_MAGICLINKS RESOLVE_NO_SYMLINKS RESOLVE_BENEATH RESOLVE_IN_ROOT RESOLVE_CACHED",
            Words(json.GetProperty("file").GetProperty("resolve")));
    }

    [Theory]
    [InlineData(EventKind.FileRename, 0x7u, "RENAME_NOREPLACE RENAME_EXCHANGE RENAME_WHITEOUT")]
    [InlineData(EventKind.FileRename, 0x10u, "0x10")]
    [InlineData(EventKind.FileRmdir, 0x200u, "AT_REMOVEDIR")]
    [InlineData(EventKind.FileLink, 0x1400u, "AT_SYMLINK_FOLLOW AT_EMPTY_PATH")]
    [InlineData(EventKind.FileChown, 0x900u, "AT_SYMLINK_NOFOLLOW AT_NO_AUTOMOUNT")]
    [InlineData(EventKind.FileUnlink, 0x80000001u, "0x80000001")]
    [InlineData(EventKind.FileUnlink, 0u, null)]
    public void Flags_OfAChange_HaveTheirNames(EventKind kind, uint flags, string? expected)
    {
        JsonElement file = Change(kind, new FileChangeSpec { Raw = "/a", Flags = flags }).GetProperty("file");

        Assert.Equal(expected, file.TryGetProperty("flags", out JsonElement names) ? Words(names) : null);
    }

    [Theory]
    [InlineData("usual", 0x40UL, 0x1a4u, "0644")]
    [InlineData("nothing allowed", 0x40UL, 0u, "0000")]
    [InlineData("one digit", 0x40UL, 7u, "0007")]
    [InlineData("sticky", 0x410000UL, 0x3ffu, "01777")]
    [InlineData("with a type", 0x40UL, 0x81a4u, "0100644")]
    [InlineData("every bit", 0x40UL, 0xffffffffu, "037777777777")]
    [InlineData("without a file to make", 0x0UL, 0u, null)]
    public void Mode_OfAnOpen_IsOctalAndOnlyWhereItCounts(string name, ulong flags, uint mode, string? expected)
    {
        Assert.NotEmpty(name);
        JsonElement file = Open(new FileOpenSpec { Raw = "/a", Flags = flags, Mode = mode }).GetProperty("file");

        Assert.Equal(expected, file.TryGetProperty("mode", out JsonElement text) ? text.GetString() : null);
    }

    [Theory]
    [InlineData(0x1000u, "fifo")]
    [InlineData(0x2000u, "character_device")]
    [InlineData(0x4000u, "directory")]
    [InlineData(0x6000u, "block_device")]
    [InlineData(0x8000u, "regular")]
    [InlineData(0xa000u, "symlink")]
    [InlineData(0xc000u, "socket")]
    [InlineData(0xf000u, null)]
    [InlineData(0x01a4u, null)]
    public void Type_OfAMode_HasItsName(uint mode, string? expected)
    {
        JsonElement file = Open(new FileOpenSpec { Raw = "/a", FileMode = mode }).GetProperty("file");

        Assert.Equal(expected, file.TryGetProperty("type", out JsonElement type) ? type.GetString() : null);
    }

    [Fact]
    public void Close_Full_HasTotalsAndTheResult()
    {
        var io = new FileIoSpec
        {
            Path = "/var/log/x",
            OpenedNs = 5,
            BytesRead = 1,
            BytesWritten = 1UL << 40,
            Reads = 2,
            Writes = 3,
            Inode = 9,
            Device = 40,
            FileMode = 0x81a4,
            Fd = 0,
            Traits = FileTraits.Unlinked | FileTraits.Implicit | FileTraits.Inherited,
        };
        JsonElement json = Json(r => r.FileIo(EventKind.FileClose, Shell, io));

        Assert.Equal(
            """{"path":"/var/log/x","path_source":"dentry","fd":0,"type":"regular","inode":9,"device":"0:40","unlinked":true,"implicit":true,"inherited":true,"bytes_read":1,"bytes_written":1099511627776,"reads":2,"writes":3,"open_time":"2026-01-01T00:00:00.000000005Z"}""",
            File(json));
        Assert.Equal(0, json.GetProperty("result").GetInt32());
    }

    [Fact]
    public void Close_OfAFileWithoutPath_StillHasItsNumbers()
    {
        JsonElement json = Json(r => r.FileIo(EventKind.FileClose, Shell, new FileIoSpec { Fd = 7, Result = -28 }));

        Assert.Equal("""{"fd":7,"bytes_read":0,"bytes_written":0,"reads":0,"writes":0}""", File(json));
        Assert.Equal("ENOSPC", json.GetProperty("error").GetString());
    }

    [Fact]
    public void Io_HasNoResult()
    {
        JsonElement json = Json(r => r.FileIo(EventKind.FileIo, Shell, new FileIoSpec { Path = "/a" }));

        Assert.False(json.TryGetProperty("result", out _) || json.TryGetProperty("error", out _));
    }

    [Theory]
    [InlineData(EventKind.FileUnlink, """{"path":"/b/a","path_raw":"a","path_source":"lexical"}""")]
    [InlineData(EventKind.FileRename, """{"path":"/b/a","path_raw":"a","path_source":"lexical","new_path":"/c","new_path_raw":"../c"}""")]
    [InlineData(EventKind.FileLink, """{"path":"/b/a","path_raw":"a","path_source":"lexical","new_path":"/c","new_path_raw":"../c"}""")]
    [InlineData(EventKind.FileSymlink, """{"path":"/b/a","path_raw":"a","path_source":"lexical","target_path":"../c"}""")]
    [InlineData(EventKind.FileMkdir, """{"path":"/b/a","path_raw":"a","path_source":"lexical","mode":"0755"}""")]
    [InlineData(EventKind.FileRmdir, """{"path":"/b/a","path_raw":"a","path_source":"lexical"}""")]
    [InlineData(EventKind.FileChmod, """{"path":"/b/a","path_raw":"a","path_source":"lexical","mode":"0755"}""")]
    [InlineData(EventKind.FileChown, """{"path":"/b/a","path_raw":"a","path_source":"lexical","owner":0}""")]
    [InlineData(EventKind.FileTruncate, """{"path":"/b/a","path_raw":"a","path_source":"lexical","length":0}""")]
    [InlineData(EventKind.FileMknod, """{"path":"/b/a","path_raw":"a","path_source":"lexical","type":"regular","mode":"0755"}""")]
    public void Change_OfEachKind_HasWhatItChanges(EventKind kind, string expected)
    {
        bool isNaming = kind is EventKind.FileRename or EventKind.FileLink or EventKind.FileSymlink;
        var change = new FileChangeSpec { Raw = "a", Base = "/b", NewRaw = isNaming ? "../c" : "", NewBase = isNaming ? "/d" : "", Mode = 0x1ed, Owner = 0 };
        JsonElement json = Change(kind, change);

        Assert.Equal(expected, File(json));
        Assert.Equal(0, json.GetProperty("result").GetInt32());
    }

    [Theory]
    [InlineData(0x21b6, 1u << 20 | 3, """{"path":"/b","path_raw":"/b","path_source":"lexical","type":"character_device","mode":"0666","rdev":"1:3"}""")]
    [InlineData(0x6db0, 259u << 20 | 70_000, """{"path":"/b","path_raw":"/b","path_source":"lexical","type":"block_device","mode":"06660","rdev":"259:70000"}""")]
    [InlineData(0x1180, 0u, """{"path":"/b","path_raw":"/b","path_source":"lexical","type":"fifo","mode":"0600"}""")]
    public void Mknod_OfANode_HasTypeAndDevice(int mode, uint device, string expected) =>
        Assert.Equal(expected, File(Change(EventKind.FileMknod, new FileChangeSpec { Raw = "/b", Mode = (uint)mode, Device = device })));

    [Fact]
    public void Change_ByDescriptor_HasItAndTheKernelsPath()
    {
        var change = new FileChangeSpec { Path = "/srv/x", Fd = 4, Group = 5, Result = -1 };
        JsonElement json = Change(EventKind.FileChown, change);

        Assert.Equal("""{"path":"/srv/x","path_source":"dentry","fd":4,"group":5}""", File(json));
        Assert.Equal("EPERM", json.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("what the descriptor stands for", EventKind.FileChown, 0x1000u, Truncation.None, """{"path":"/srv/x","path_source":"dentry","flags":["AT_EMPTY_PATH"]}""", "")]
    [InlineData("and not all of it", EventKind.FileLink, 0x1000u, Truncation.Base, """{"path":"/srv/x","path_source":"dentry","flags":["AT_EMPTY_PATH"]}""", "path")]
    [InlineData("not asked for", EventKind.FileChown, 0x100u, Truncation.None, """{"flags":["AT_SYMLINK_NOFOLLOW"]}""", "")]
    [InlineData("another flag of a rename", EventKind.FileRename, 0x1000u, Truncation.None, """{"flags":["0x1000"]}""", "")]
    public void Paths_Empty_AreTheDirectoryWhereThatIsMeant(string name, EventKind kind, uint flags, Truncation cut, string expected, string truncated)
    {
        Assert.NotEmpty(name);
        JsonElement json = Change(kind, new FileChangeSpec { Base = "/srv/x", Flags = flags, Truncated = cut });

        Assert.Equal(expected, File(json));
        Assert.Equal(truncated, json.TryGetProperty("truncated", out JsonElement parts) ? Words(parts) : "");
    }

    [Theory]
    [InlineData("opened while watched", FileTraits.None, "raw")]
    [InlineData("not opened while watched", FileTraits.Inherited, "dentry")]
    public void Close_RawPathsAsked_KnowsWhereItsPathIsFrom(string name, FileTraits traits, string source)
    {
        Assert.NotEmpty(name);
        JsonElement json = Json(r => r.FileIo(EventKind.FileClose, Shell, new FileIoSpec { Path = "x", Traits = traits, Truncated = Truncation.Path }), rawPaths: true);

        Assert.Equal(("x", source), (json.GetProperty("file").GetProperty("path").GetString(), json.GetProperty("file").GetProperty("path_source").GetString()));
        Assert.Equal("path", Words(json.GetProperty("truncated")));
    }

    [Theory]
    [InlineData("base unknown", "a", "", """{"path_raw":"a"}""")]
    [InlineData("nothing readable", "", "/b", "{}")]
    [InlineData("escape sequence", "\u001b[2J\n", "/b", """{"path":"/b/\u001b[2J\n","path_raw":"\u001b[2J\n","path_source":"lexical"}""")]
    public void Paths_ThatCannotBeKnown_AreLeftOut(string name, string raw, string directory, string expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected, File(Change(EventKind.FileUnlink, new FileChangeSpec { Raw = raw, Base = directory })));
    }

    [Theory]
    [InlineData("as passed", "", """{"path":"a/../b","path_source":"raw","new_path":"../c"}""")]
    [InlineData("by descriptor", "/srv", """{"path":"/srv","path_source":"dentry","new_path":"../c"}""")]
    public void Paths_AskedForRaw_AreAsPassed(string name, string path, string expected)
    {
        Assert.NotEmpty(name);
        var change = new FileChangeSpec { Path = path, Raw = path.Length == 0 ? "a/../b" : "", Base = "/d", NewRaw = "../c", NewBase = "/d" };
        Assert.Equal(expected, File(Change(EventKind.FileLink, change, rawPaths: true)));
    }

    [Fact]
    public void Paths_AskedForRaw_OfASymlink_AreAsPassed() => Assert.Equal(
        """{"path":"l","path_source":"raw","target_path":"t"}""",
        File(Change(EventKind.FileSymlink, new FileChangeSpec { Raw = "l", Base = "/d", NewRaw = "t" }, rawPaths: true)));

    [Theory]
    [InlineData("path of the kernel", Truncation.Path, "/k", "", false, "path")]
    [InlineData("raw beside the kernel's", Truncation.Raw, "/k", "r", false, "path_raw")]
    [InlineData("raw, which the path comes from", Truncation.Raw, "", "r", false, "path path_raw")]
    [InlineData("raw that could not be read", Truncation.Raw, "", "", false, "path path_raw")]
    [InlineData("raw as asked for", Truncation.Raw, "", "r", true, "path")]
    [InlineData("raw as asked for that could not be read", Truncation.Raw, "", "", true, "path")]
    [InlineData("base of the path", Truncation.Base, "", "r", false, "path")]
    [InlineData("base nobody needs", Truncation.Base, "", "/r", false, "")]
    [InlineData("base nobody asked for", Truncation.Base, "", "r", true, "")]
    [InlineData("new raw", Truncation.NewRaw, "/k", "", false, "new_path new_path_raw")]
    [InlineData("new raw as asked for", Truncation.NewRaw, "/k", "", true, "new_path")]
    [InlineData("new base", Truncation.NewBase, "/k", "", false, "new_path")]
    [InlineData("new base nobody asked for", Truncation.NewBase, "/k", "", true, "")]
    public void Truncated_NamesWhatItAffects(string name, Truncation cut, string path, string raw, bool rawPaths, string expected)
    {
        Assert.NotEmpty(name);
        var change = new FileChangeSpec { Path = path, Raw = raw, Base = "/b", NewRaw = "n", NewBase = "/b", Truncated = cut };
        JsonElement json = Change(EventKind.FileRename, change, rawPaths);

        Assert.Equal(expected, json.TryGetProperty("truncated", out JsonElement parts) ? Words(parts) : "");
    }

    [Fact]
    public void Truncated_SymlinksText_IsItsTarget() => Assert.Equal(
        "target_path",
        Words(Change(EventKind.FileSymlink, new FileChangeSpec { Raw = "/l", NewRaw = "t", Truncated = Truncation.NewRaw }).GetProperty("truncated")));

    [Fact]
    public void Path_WithItsDirectoryCut_IsLeftOut()
    {
        var change = new FileChangeSpec { Raw = "a", Base = "/cu", NewRaw = "b", NewBase = "/cu", Truncated = Truncation.Base | Truncation.NewBase };
        Assert.Equal("""{"path_raw":"a","new_path_raw":"b"}""", File(Change(EventKind.FileRename, change)));
    }

    [Theory]
    [InlineData(-11, "EAGAIN")]
    [InlineData(-40, "ELOOP")]
    [InlineData(-41, "errno-41")]
    [InlineData(-42, "ENOMSG")]
    [InlineData(-111, "ECONNREFUSED")]
    [InlineData(-133, "EHWPOISON")]
    [InlineData(-134, "errno-134")]
    [InlineData(-512, "ERESTARTSYS")]
    [InlineData(-516, "ERESTART_RESTARTBLOCK")]
    [InlineData(-517, "errno-517")]
    [InlineData(int.MinValue, "errno-2147483648")]
    public void Error_Number_HasItsName(int result, string expected) =>
        Assert.Equal(expected, Open(new FileOpenSpec { Raw = "/a", Result = result }).GetProperty("error").GetString());

    private static JsonElement Open(FileOpenSpec open) => Json(r => r.FileOpen(Shell, open));

    private static JsonElement Change(EventKind kind, FileChangeSpec change, bool rawPaths = false) =>
        Json(r => r.FileChange(kind, Shell, change), rawPaths);

    private static JsonElement Json(Action<RecordBuilder> build, bool rawPaths = false) => JsonDocument.Parse(Line(build, rawPaths)).RootElement;

    private static string File(JsonElement json) => json.GetProperty("file").GetRawText();

    private static string Words(JsonElement array) => string.Join(' ', array.EnumerateArray().Select(word => word.GetString()));

    /// <summary>The last line that comes out.</summary>
    private static string Line(Action<RecordBuilder> build, bool rawPaths = false)
    {
        var sink = new JsonSink(rawPaths);
        var pipeline = new EventPipeline(
            TestHost.Identity, new PipelineOptions([new EventRoute(new EventFilter(PipelineFixture.Everything), sink)]), new Ledger());
        var records = new RecordBuilder();
        build(records);
        pipeline.Apply(records.Bytes, PipelineFixture.BootToUnixNs);
        return sink.Last;
    }

    private sealed class JsonSink(bool rawPaths) : IEventSink
    {
        private readonly JsonEventWriter _writer = new("box", rawPaths);

        public string Last { get; private set; } = "";

        public void OnEvent(in EventView e)
        {
            var line = new ArrayBufferWriter<byte>();
            _writer.Write(e, line);
            Last = Encoding.UTF8.GetString(line.WrittenSpan).TrimEnd('\n');
        }
    }
}
