using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core.Events;
using Eunomia.TestKit;

namespace Eunomia.Cli.Tests;

/// <summary>What only a real process shows: signals, its rights, and who may connect.</summary>
public sealed class ProcessTests : IAsyncLifetime
{
    private const int SigInt = 2;
    private const int SigTerm = 15;
    private const int KilledByInt = 128 + SigInt;

    private const uint Exec = (uint)EventKind.ProcessExec;
    private static readonly string[] Sets = ["CapInh", "CapPrm", "CapEff", "CapAmb"];
    private readonly RecordBuilder _records = new();
    private FakeCollector? _collector;

    private FakeCollector Collector => _collector ?? throw new InvalidOperationException();

    public async Task InitializeAsync()
    {
        _collector = await FakeCollector.StartAsync();
        OpenTo(UnixFileMode.OtherExecute, UnixFileMode.OtherRead | UnixFileMode.OtherWrite);
    }

    public async Task DisposeAsync() => await Collector.DisposeAsync();

    [ProcessFact]
    public Task Run_Terminated_EndsWithTheLedgerAndSuccess() => EndsWellAsync(SigTerm);

    [ProcessFact]
    public Task Run_Interrupted_EndsWithTheLedgerAndSuccess() => EndsWellAsync(SigInt);

    [ProcessFact]
    public async Task Run_InterruptedAgainAndAgain_EndsBeforeTheCollectorDoes()
    {
        Collector.EndsStream = false;
        using ChildProcess child = Run();
        await child.ReadyAsync();
        child.Signal(SigInt);
        await Eventually.Within(Collector.Unsubscribed);

        Task<int> end = child.EndAsync();
        while (!end.IsCompleted)
        {
            child.Signal(SigInt); // one that follows at once is taken for the first one's echo
            await Task.WhenAny(end, Task.Delay(100));
        }

        Assert.Equal(KilledByInt, await end);
    }

    [ProcessFact]
    public async Task Run_HasNoRightsAndCannotBeLookedInto()
    {
        using ChildProcess child = Run();
        await child.ReadyAsync();

        Assert.All(Sets, set => Assert.Equal("0000000000000000", child.Status(set)));
        Assert.DoesNotContain("0", child.Status("Uid").Split('\t'));
        // What is not dumpable belongs to root in /proc.
        Assert.Equal(0u, await OwnerAsync($"/proc/{child.Id}/environ"));
    }

    [ProcessFact]
    public async Task Run_NoPermissionOnTheSocket_SaysSo()
    {
        OpenTo(UnixFileMode.OtherExecute, UnixFileMode.None);
        using ChildProcess child = Run();

        Assert.Equal(ExitCodes.Failure, await child.EndAsync());
        Assert.StartsWith($"eunomiactl: permission denied on {Collector.SocketPath}: its mode, ", child.Error, StringComparison.Ordinal);
    }

    [ProcessFact]
    public async Task Run_NoServiceAndNotRoot_SaysWhatToDo()
    {
        using var child = new ChildProcess("run", "process");

        Assert.Equal(ExitCodes.Failure, await child.EndAsync());
        Assert.Matches("^eunomiactl: .*/run/eunomia-collector/collector.sock: .*sudo", child.Error);
    }

    private async Task EndsWellAsync(int signal)
    {
        using ChildProcess child = Run("--fmt", "json");
        await child.ReadyAsync();
        Collector.Send(Exec, _records.Exec(new ProcessSpec(10, 10)).Take());

        child.Signal(signal);

        Assert.Equal(ExitCodes.Success, await child.EndAsync());
        Assert.Contains("\"process.exec\"", await child.Output, StringComparison.Ordinal);
        Assert.Contains("ledger process.exec offered=1 delivered=1 lost=0\n", child.Error, StringComparison.Ordinal);
    }

    private ChildProcess Run(params string[] arguments) => new(["run", "process", "--collector", Collector.SocketPath, .. arguments]);

    private void OpenTo(UnixFileMode folder, UnixFileMode socket)
    {
        const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        File.SetUnixFileMode(Path.GetDirectoryName(Collector.SocketPath) ?? "/", Own | folder);
        File.SetUnixFileMode(Collector.SocketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | socket);
    }

    private static async Task<uint> OwnerAsync(string path)
    {
        using System.Diagnostics.Process stat = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%u", path]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("stat did not start");
        string text = await stat.StandardOutput.ReadToEndAsync();
        return uint.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }
}
