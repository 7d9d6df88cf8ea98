using Eunomia.Cli;
using Eunomia.Cli.Commands;
using Eunomia.Cli.Launch;
using Eunomia.Cli.Native;
using Eunomia.Cli.Output;

// Another process of the same user must not attach to this one: it sees what every container runs.
_ = Libc.ProcessControl(Libc.PrSetDumpable, 0, 0, 0, 0);

using var signals = new StopSignals();
var context = new CommandContext
{
    Machine = new Machine(),
    Out = Console.Out,
    Error = Console.Error,
    Arguments = args,
    OpenStdout = () => OutputFile.OverDescriptor("stdout", 1),
    Terminal = Terminal.OfStdout(Environment.GetEnvironmentVariable("NO_COLOR")),
    Stop = signals.Token,
    OnHangup = signals.OnHangup,
    ReserveThreads = ThreadReserve.Take,
};
return Application.Run(context);
