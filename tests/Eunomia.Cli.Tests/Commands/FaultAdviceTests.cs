using Eunomia.Cli.Commands;
using Eunomia.Cli.Launch;
using Eunomia.Controller.Ingest;

namespace Eunomia.Cli.Tests.Commands;

public sealed class FaultAdviceTests
{
    [Theory]
    [InlineData(CollectorFault.SocketMissing, "run with sudo, start the service (systemctl start eunomia-collector)")]
    [InlineData(CollectorFault.PermissionDenied, "join the group (usermod -aG eunomia USER)")]
    [InlineData(CollectorFault.NobodyListens, "systemctl restart eunomia-collector")]
    [InlineData(CollectorFault.Busy, "end the other eunomiactl")]
    [InlineData(CollectorFault.Silent, "journalctl -u eunomia-collector")]
    public void ToException_Service_SaysWhatToDo(CollectorFault fault, string advice)
    {
        CommandException error = Advise(fault, "words", CollectorOrigin.Service);

        Assert.StartsWith("words: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Failure, error.ExitCode);
    }

    [Theory]
    [InlineData("the process tracker is off: no BTF in this kernel", "/sys/kernel/btf/vmlinux")]
    [InlineData("the process tracker is off: bpf() needs CAP_BPF", "CAP_BPF and CAP_PERFMON")]
    [InlineData("the process tracker is off: Operation not permitted", "CAP_BPF and CAP_PERFMON")]
    [InlineData("the process tracker is off: hook refused", "eunomiactl status")]
    public void ToException_TrackerOff_AdvisesByItsReason(string reason, string advice) =>
        Assert.Contains(advice, Advise(CollectorFault.TrackerOff, reason, CollectorOrigin.Launcher).Message, StringComparison.Ordinal);

    [Fact]
    public void ToException_EveryFaultAndOrigin_IsOneLine() => Assert.All(
        from fault in Enum.GetValues<CollectorFault>()
        from origin in Enum.GetValues<CollectorOrigin>()
        select Advise(fault, "words", origin).Message,
        message => Assert.DoesNotContain('\n', message));

    private static CommandException Advise(CollectorFault fault, string message, CollectorOrigin origin) =>
        FaultAdvice.ToException(new CollectorException(fault, message), new CollectorEndpoint("/x.sock", origin));
}
