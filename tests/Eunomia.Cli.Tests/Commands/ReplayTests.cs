using System.Buffers;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Protocol;
using Eunomia.Protocol.Capture.V1;

namespace Eunomia.Cli.Tests.Commands;

public sealed class ReplayTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("replay", "say which FILE.eun is wanted; see 'eunomiactl replay --help'")]
    [InlineData("replay x.eun --speed 0", "--speed: '0' is not a factor from 0.001 to 1000000; see 'eunomiactl replay --help'")]
    [InlineData("record process", "option '--output' is required; see 'eunomiactl record --help'")]
    [InlineData("record -o x.eun", "say which of these is wanted: process, files, tcpconnect, udp, dns, syscall, ipc, security, perf; see 'eunomiactl record --help'")]
    [InlineData("record tcpconnect -o x --events file.open", "--events: file.open is not shown by 'record tcpconnect'; say 'record tcpconnect files'; see 'eunomiactl record --help'")]
    public void Usage_Wrong_IsOneLine(string arguments, string complaint)
    {
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Usage, fixture.Run(arguments.Split(' ')));

        Assert.Equal(complaint, fixture.Complaint());
    }

    [Fact]
    public void Replay_NotThere_SaysSo()
    {
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Failure, fixture.Run("replay", "/not/there.eun"));

        Assert.StartsWith("cannot read /not/there.eun: ", fixture.Complaint(), StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_NoCapture_SaysHowToMakeOne()
    {
        string path = Write("#!/bin/sh\n"u8);
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Failure, fixture.Run("replay", path));

        Assert.Equal($"{path} is not a capture; one is made by 'eunomiactl record'", fixture.Complaint());
    }

    [Fact]
    public void Replay_KindNotRecorded_NamesWhatThereIs()
    {
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Usage, fixture.Run("replay", Write(Capture()), "--events", "file.open"));

        Assert.Equal("--events: file.open was not recorded; there is process.exec; see 'eunomiactl replay --help'", fixture.Complaint());
    }

    [Fact]
    public void Replay_Cut_SaysSoAndFailsOnlyWhenStrict()
    {
        string path = Write([.. Capture(), 1, 0, 0]);
        using var fixture = new CommandFixture();
        using var strict = new CommandFixture();

        Assert.Equal(ExitCodes.Success, fixture.Run("replay", path));
        Assert.Equal(ExitCodes.Failure, strict.Run("replay", path, "--strict"));

        Assert.Contains($"eunomiactl: {path} is cut off; this is what it holds up to there", fixture.ErrorLines);
    }

    private static byte[] Capture()
    {
        var bytes = new ArrayBufferWriter<byte>();
        bytes.Write(CaptureFrames.Magic);
        var header = new CaptureHeader { Format = 1, AbiVersion = Core.Events.RecordAbi.Version, Hostname = "box" };
        header.Events.Add("process.exec");
        CaptureFrames.Write(bytes, CaptureFrameType.Header, header);
        return bytes.WrittenSpan.ToArray();
    }

    private string Write(ReadOnlySpan<byte> bytes)
    {
        string path = _folder.File("x.eun");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
