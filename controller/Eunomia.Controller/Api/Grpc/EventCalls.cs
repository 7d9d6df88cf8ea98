using Eunomia.Controller.Hosting;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Core.Syscalls;
using Eunomia.Protocol.V1;
using Grpc.Core;

namespace Eunomia.Controller.Api.Grpc;

/// <summary>What processes do, as it happens.</summary>
internal sealed class EventCalls(Daemon daemon) : EventService.EventServiceBase
{
    public override async Task StreamEvents(
        StreamEventsRequest request, IServerStreamWriter<EventBatch> responseStream, ServerCallContext context)
    {
        CancellationToken cancel = context.CancellationToken;
        EventRequest wanted = Read(request) with { Uid = ApiServer.PeerOf(context).Uid };
        EventStream stream = await daemon.OpenAsync(wanted, cancel).ConfigureAwait(false)
            ?? throw new RpcException(new Status(
                StatusCode.ResourceExhausted, $"{EventHub.MostStreams} clients follow events already, which is as many as may"));
        try
        {
            await responseStream.WriteAsync(stream.TakeAccount(), cancel).ConfigureAwait(false);
            while (await stream.TakeAsync(cancel).ConfigureAwait(false) is { } batch)
            {
                await responseStream.WriteAsync(batch, cancel).ConfigureAwait(false);
            }
            await responseStream.WriteAsync(stream.TakeAccount(), cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The client has gone.
        }
        finally
        {
            daemon.Close(stream);
        }
    }

    private EventRequest Read(StreamEventsRequest request)
    {
        if (request.Kinds.Count == 0)
        {
            throw Refuse("kinds: say at least one");
        }
        if (!EventKinds.TryParse(string.Join(',', request.Kinds), out EventKindSet kinds, out string? error))
        {
            throw Refuse($"kinds: {error}");
        }
        SyscallSelection? calls = SyscallSelection.Everything;
        if (request.Syscalls.Count > 0 && !SyscallSelection.TryCreate(request.Syscalls, out calls, out string? unknown))
        {
            throw Refuse($"syscalls: there is no system call '{unknown}'{Spelling.MayBe(unknown, SyscallNames.All)}");
        }
        IEventCondition? condition = request.Condition.Length == 0 ? null : Compile(request.Condition);
        Scope scope = request.Scope ?? new Scope();
        var filter = new EventFilter(kinds, Selectors(scope.Containers, "scope.containers"), [.. scope.Pids], calls);
        return new EventRequest(filter, condition, request.Text is { } text ? ToOptions(text) : null);
    }

    internal static ContainerSelector[] Selectors(IEnumerable<string> texts, string field) => [.. texts.Select(text =>
        ContainerSelector.TryParse(text, out ContainerSelector? selector, out string? error)
            ? selector
            : throw Refuse($"{field}: {error}"))];

    private IEventCondition Compile(string condition) => daemon.Detection.Compile(condition, out string? error)
        ?? throw Refuse($"condition: {error}");

    private static TextOptions ToOptions(TextStyle text)
    {
        try
        {
            TimeZoneInfo zone = text.TimeZone.Length == 0 ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(text.TimeZone);
            return new TextOptions((int)Math.Min(text.Width, int.MaxValue), text.Color, zone);
        }
        catch (Exception error) when (error is TimeZoneNotFoundException or InvalidTimeZoneException or System.Security.SecurityException)
        {
            throw Refuse($"text.time_zone: there is no '{text.TimeZone}' here");
        }
    }

    private static RpcException Refuse(string why) => new(new Status(StatusCode.InvalidArgument, why));
}
