using System.CommandLine;
using Eunomia.Cli.Launch;
using Eunomia.Cli.Output;
using Eunomia.Controller.Api;
using Eunomia.Controller.Api.Client;
using Eunomia.Controller.Containers;
using Eunomia.Controller.Ingest;
using Eunomia.Core.Containers;
using Eunomia.Core.Output;

namespace Eunomia.Cli.Commands;

/// <summary><c>eunomiactl containers</c>: what runs on this host, whichever runtime made it.</summary>
internal sealed class ContainersCommand(CommandContext context, ContainersSettings settings)
{
    public static Command Create(CommandContext context)
    {
        var command = new Command(
            "containers",
            "List this host's containers, of every runtime: id, name, image, pod, age, state and processes. Nothing is "
            + "attached and no runtime is asked: a snapshot of cgroups and processes and the runtimes' own files tell.");
        var options = new ContainersOptions();
        options.AddTo(command);
        command.SetAction(parsed => new ContainersCommand(context, options.Read(parsed)).Run());
        return command;
    }

    private int Run()
    {
        if (AskDaemon() is { } status)
        {
            return status;
        }
        CollectorEndpoint? endpoint = CollectorEndpoint.Choose(context.Machine, settings.Collector, serviceAsRoot: false);
        if (endpoint is null)
        {
            return Launcher.Become(context.Machine, context.Arguments);
        }
        Privilege.RequireNone(context.Machine, endpoint);
        using OutputFile file = context.OpenStdout();
        try
        {
            using var client = new CollectorClient(endpoint.SocketPath);
            Task<int> run = settings.Watch
                ? new ContainersWatch(context, settings, client, endpoint, file).RunAsync()
                : ListAsync(client, file);
            return run.GetAwaiter().GetResult();
        }
        catch (CollectorException error)
        {
            throw FaultAdvice.ToException(error, endpoint);
        }
    }

    /// <summary>Null where there is no daemon, or root wants what only a collector of its own can do.</summary>
    private int? AskDaemon()
    {
        if (DaemonEndpoint.Choose(context.Machine, settings.Daemon, settings.Collector) is not { } endpoint)
        {
            return null;
        }
        if (settings.Watch)
        {
            return context.Machine.UserId == 0 && !endpoint.IsNamed ? null : throw new CommandException(
                $"--watch: not through the daemon at {endpoint.SocketPath}; say 'run process --events "
                + "container.create,container.start,container.exit', or run with sudo for a private collector");
        }
        try
        {
            using var client = new DaemonClient(endpoint.SocketPath);
            ContainerListing listing = client.ListContainersAsync(context.Stop).GetAwaiter().GetResult().ToListing();
            using OutputFile file = context.OpenStdout();
            return Write(listing, file);
        }
        catch (ApiException error) when (error.IsMissing && !endpoint.IsNamed)
        {
            return null; // it left its socket behind
        }
        catch (ApiException error)
        {
            throw DaemonAdvice.ToException(error);
        }
        catch (OperationCanceledException)
        {
            throw new CommandException("stopped before the daemon answered");
        }
    }

    private async Task<int> ListAsync(CollectorClient client, OutputFile file) => Write(await TakeAsync(client), file);

    private int Write(ContainerListing listing, OutputFile file)
    {
        if (!listing.IsComplete)
        {
            context.Error.WriteLine($"{Application.Name}: there are more cgroups or processes than can be listed");
        }
        IReadOnlyList<ContainerRow> rows = Choose(listing);
        if (settings.Format == OutputFormat.Json)
        {
            var writer = new ContainerListJson();
            foreach (ContainerRow row in rows)
            {
                writer.Write(row, file);
            }
        }
        else
        {
            var writer = new ContainerListText(TextOptions(context.Terminal));
            writer.WriteTable(rows, UnixNs(context.Time.GetUtcNow()), file);
        }
        file.Flush();
        return file.ReaderIsGone ? ExitCodes.ReaderGone
            : file.Failure != 0 ? throw file.FailureException()
            : ExitCodes.Success;
    }

    private async Task<ContainerListing> TakeAsync(CollectorClient client)
    {
        try
        {
            return await ContainerSurvey.TakeAsync(client, context.Time, context.Stop);
        }
        catch (OperationCanceledException)
        {
            throw new CommandException("stopped before the collector answered");
        }
    }

    private IReadOnlyList<ContainerRow> Choose(ContainerListing listing)
    {
        if (settings.Pid is { } pid)
        {
            return [OfProcess(listing, pid)];
        }
        return settings.Id is null ? listing.Rows : [OfId(listing)];
    }

    private ContainerRow OfProcess(ContainerListing listing, int pid)
    {
        // The daemon tells of containers only: a process that is in none of them runs on the host.
        if (!listing.TryGetProcess((uint)pid, out ContainerRow? row) && !(listing.HasContainersOnly && context.Machine.ProcessExists(pid)))
        {
            throw new CommandException($"--pid: there is no process {pid}");
        }
        return row ?? throw new CommandException($"--pid: process {pid} runs on the host, in no container");
    }

    private ContainerRow OfId(ContainerListing listing)
    {
        IReadOnlyList<ContainerRow> found = settings.Id is { } selector ? listing.Find(selector) : [];
        return found switch
        {
            [var row] => row,
            [] => throw new CommandException($"--id: there is no container '{settings.Id?.Text}'"),
            _ => throw new CommandException(
                $"--id: '{settings.Id?.Text}' may be any of {found.Count}: {string.Join(", ", found.Select(Label))}"),
        };
    }

    private static string Label(ContainerRow row) => ContainerListText.Label(row.Container);

    internal static TextOptions TextOptions(Terminal terminal) => new(terminal.Width, terminal.Colour, TimeZoneInfo.Local);

    internal static long UnixNs(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * 100;
}
