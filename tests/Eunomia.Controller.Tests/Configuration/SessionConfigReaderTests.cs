using Eunomia.Controller.Configuration;
using Eunomia.Core.Events;
using Eunomia.Core.Syscalls;
using Eunomia.TestKit;

namespace Eunomia.Controller.Tests.Configuration;

public sealed class SessionConfigReaderTests
{
    [Fact]
    public void Read_EveryKey_IsWhatItSays()
    {
        SessionConfig config = SessionConfigReader.Read(
            """
            [output]
            format = "json"
            file = "e.jsonl"
            paths = "raw"
            interval = 2.5
            fields = ["ancestors"]
            environment = ["LANG", "PATH"]
            [limits]
            duration = 60
            events = 1000
            strict = true
            [[tracker]]
            name = "files"
            containers = ["web", "3f5c"]
            pids = [12, 345]
            duration = 1.5
            format = "text"
            output = "f.txt"
            filters = { events = ["file.open"] }
            [[tracker]]
            name = "syscall"
            stream = true
            latency = true
            refused = true
            [tracker.filters]
            syscalls = ["openat"]
            """,
            "s.toml");

        Assert.Equal(("json", "e.jsonl", "raw", true), (config.Format, config.Output, config.Paths, config.Ancestors));
        Assert.Equal((TimeSpan.FromSeconds(2.5), TimeSpan.FromMinutes(1), 1000L, true), (config.Interval, config.Duration, config.MostEvents, config.Strict));
        Assert.Equal(["LANG", "PATH"], config.Environment);
        Assert.Equal([Tracker.Files, Tracker.Syscall], config.Trackers.Select(tracker => tracker.Tracker));
        TrackerConfig files = config.Trackers[0];
        Assert.Equal(["web", "3f5c"], files.Containers.Select(selector => selector.Text));
        Assert.Equal([12, 345], files.Pids);
        Assert.Equal((TimeSpan.FromSeconds(1.5), "text", "f.txt", "file.open"), (files.Duration, files.Format, files.Output, files.Events.ToString()));
        TrackerConfig syscall = config.Trackers[1];
        Assert.Equal((true, true, true), (syscall.Stream, syscall.Latency, syscall.Refused));
        Assert.True(syscall.Syscalls.Contains(SyscallAbi.Native, 257));
        Assert.False(syscall.Syscalls.IsEverything);
        Assert.Equal(new ConfigPosition("s.toml", 9, 12), config.Origins["limits.duration"]);
        Assert.Equal(new ConfigPosition("s.toml", 15, 8), config.Origins["tracker[0].pids"]);
    }

    [Fact]
    public void Read_TheSample_IsRight() =>
        Assert.Equal(3, SessionConfigReader.ReadFile(RepositoryFiles.Path("deploy", "session.toml")).Trackers.Count);

    [Theory]
    [InlineData("[[tracker]]\nname = \"process\"\nformt = 1", "s.toml:3:1: unknown key 'formt' in [[tracker]], did you mean 'format'?; allowed: name, containers, pids, ")]
    [InlineData("[[tracker]]\nname = \"proces\"", "s.toml:2:8: name: unknown tracker 'proces', did you mean 'process'?; allowed: process, files, ")]
    [InlineData("[[tracker]]\nname = 5", "s.toml:2:8: name: wants a string in quotes")]
    [InlineData("[[tracker]]\npids = [1]", "s.toml:1:1: name: is missing; allowed: process, ")]
    [InlineData("[[tracker]]\nname = \"process\"\npids = [1, 0]", "s.toml:3:12: pids: wants a list of process ids: [12, 345]")]
    [InlineData("[[tracker]]\nname = \"process\"\npids = 7", "s.toml:3:8: pids: wants a list of process ids: [12, 345]")]
    [InlineData("[[tracker]]\nname = \"process\"\n[tracker.filters]\nevents = [\"file.open\"]", "s.toml:4:11: events: 'file.open' is no event of process; allowed: process.fork, ")]
    [InlineData("[[tracker]]\nname = \"syscall\"\n[tracker.filters]\nsyscalls = [\"opnat\"]", "s.toml:4:13: syscalls: there is no system call 'opnat', did you mean 'openat'?")]
    [InlineData("[[tracker]]\nname = \"process\"\nlatency = true", "s.toml:3:11: latency: is for the tracker syscall, and this is process")]
    [InlineData("[[tracker]]\nname = \"files\"\nfrequency = 9", "s.toml:3:13: frequency: is for the tracker perf, and this is files")]
    [InlineData("[[tracker]]\nname = \"perf\"\nfrequency = 1001", "s.toml:3:13: frequency: wants a number from 1 to 1000")]
    [InlineData("[[tracker]]\nname = \"files\"\nformat = \"svg\"", "s.toml:3:10: format: 'svg' is not possible; allowed: text, json")]
    [InlineData("[output]\nformat = \"jsn\"\n[[tracker]]\nname = \"process\"", "s.toml:2:10: format: 'jsn' is not possible, did you mean 'json'?; allowed: text, json")]
    [InlineData("[output]\ninterval = 0\n[[tracker]]\nname = \"process\"", "s.toml:2:12: interval: wants a number from 0.1 to 86400")]
    [InlineData("[limit]\nduration = 3\n[[tracker]]\nname = \"process\"", "s.toml:1:1: unknown key 'limit', did you mean 'limits'?; allowed: output, limits, tracker")]
    [InlineData("[[trackers]]\nname = \"process\"", "s.toml:1:1: trackers: unknown table [[trackers]]; allowed: [output], [limits], [[tracker]]")]
    [InlineData("", "s.toml:1:1: tracker: nothing is to be watched; add a table [[tracker]] with a name")]
    [InlineData("[[tracker]]\nname = \"process", "s.toml:2:")]
    public void Read_Wrong_SaysWhereAndWhatIsRight(string text, string expected)
    {
        ConfigException error = Assert.Throws<ConfigException>(() => SessionConfigReader.Read(text, "s.toml"));

        Assert.StartsWith(expected, error.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Read_Profile_HasFormatsAndFrequency()
    {
        TrackerConfig perf = Assert.Single(SessionConfigReader.Read(
            "[[tracker]]\nname = \"perf\"\nfrequency = 99\nformat = \"folded\"\noutput = \"x\"\n", "s.toml").Trackers);

        Assert.Equal((Tracker.Perf, 99, "folded"), (perf.Tracker, perf.Frequency, perf.Format));
    }

    [Fact]
    public void Read_SeveralMistakes_NamesAllInOrder()
    {
        ConfigException error = Assert.Throws<ConfigException>(() => SessionConfigReader.Read(
            "[output]\nx = 1\nformat = 2\n[[tracker]]\nname = \"files\"\nduration = \"long\"\n", "s.toml"));

        Assert.Equal([2, 3, 6], error.Errors.Select(e => e.Position.Line));
    }

    [Fact]
    public void ReadFile_ThatIsNotThere_SaysSo() => Assert.StartsWith(
        "/nowhere.toml:1:1: cannot be read: ",
        Assert.Throws<ConfigException>(() => SessionConfigReader.ReadFile("/nowhere.toml")).Message,
        StringComparison.Ordinal);
}
