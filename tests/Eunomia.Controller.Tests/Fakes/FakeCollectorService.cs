using System.Threading.Channels;
using Eunomia.Protocol.Collector.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Eunomia.Controller.Tests.Fakes;

/// <summary>The calls of a <see cref="FakeCollector"/>.</summary>
public sealed class FakeCollectorService(FakeCollector fake) : Collector.CollectorBase
{
    public override Task<GetStatusResponse> GetStatus(GetStatusRequest request, ServerCallContext context) =>
        Task.FromResult(fake.Status);

    public override async Task Subscribe(
        SubscribeRequest request, IServerStreamWriter<EventBatch> responseStream, ServerCallContext context)
    {
        if (fake.SubscribeFailure is { } failure)
        {
            throw new RpcException(failure);
        }
        ChannelReader<EventBatch> outgoing = fake.OpenStream(request);
        if (fake.Attaches)
        {
            await responseStream.WriteAsync(fake.NewBatch([]));
        }
        fake.NoteSubscribed(request);
        await foreach (EventBatch batch in outgoing.ReadAllAsync(context.CancellationToken))
        {
            await responseStream.WriteAsync(batch);
            fake.NoteWritten();
        }
    }

    public override Task<UnsubscribeResponse> Unsubscribe(UnsubscribeRequest request, ServerCallContext context)
    {
        fake.NoteUnsubscribed();
        return Task.FromResult(new UnsubscribeResponse());
    }

    public override async Task<UpdateFilterResponse> UpdateFilter(UpdateFilterRequest request, ServerCallContext context)
    {
        await fake.Updates.Writer.WriteAsync(request);
        if (fake.UpdateFailure is { } failure)
        {
            throw new RpcException(failure);
        }
        return new UpdateFilterResponse();
    }

    public override async Task Snapshot(
        SnapshotRequest request, IServerStreamWriter<EventBatch> responseStream, ServerCallContext context)
    {
        fake.NoteSnapshot();
        if (fake.Snapshots <= fake.SnapshotsRefused)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "a snapshot is already being taken"));
        }
        await fake.SnapshotGate.WaitAsync(context.CancellationToken);
        await responseStream.WriteAsync(new EventBatch
        {
            Final = true,
            BootToUnixNs = 1_700_000_000_000_000_000,
            RecordCount = (uint)fake.SnapshotRecords.Count,
            Records = ByteString.CopyFrom([.. fake.SnapshotRecords.SelectMany(record => record)]),
        });
    }

    public override async Task<InspectContainerResponse> InspectContainer(
        InspectContainerRequest request, ServerCallContext context)
    {
        fake.Inspected.Enqueue(request.Id);
        await fake.InspectGate.WaitAsync(context.CancellationToken);
        if (fake.InspectFailure is { } failure)
        {
            throw new RpcException(failure);
        }
        return fake.Containers.TryGetValue(request.Id, out InspectContainerResponse? answer)
            ? answer
            : throw new RpcException(new Status(StatusCode.NotFound, "no runtime knows it"));
    }

    public override Task<ResolveSymbolsResponse> ResolveSymbols(ResolveSymbolsRequest request, ServerCallContext context)
    {
        fake.Resolved.Enqueue(request.Addresses.Count);
        if (fake.ResolveFailure is { } failure)
        {
            throw new RpcException(failure);
        }
        if (fake.NamesAnyAddress)
        {
            return Task.FromResult(NamedAfterThemselves(request));
        }
        if (!fake.Symbols.TryGetValue((request.Pid, request.StartNs), out Dictionary<ulong, Symbol>? symbols))
        {
            throw new RpcException(new Status(StatusCode.NotFound, "no such process runs"));
        }
        var response = new ResolveSymbolsResponse();
        response.Symbols.AddRange(request.Addresses.Select(address => symbols.GetValueOrDefault(address, new Symbol())));
        return Task.FromResult(response);
    }

    public override Task<LookupUserResponse> LookupUser(LookupUserRequest request, ServerCallContext context)
    {
        if (!fake.Accounts.TryGetValue((request.Pid, request.StartNs), out LookupUserResponse? accounts))
        {
            throw new RpcException(new Status(StatusCode.NotFound, "no such process runs"));
        }
        var response = new LookupUserResponse();
        response.Users.AddRange(accounts.Users.Where(user => request.Uids.Contains(user.Uid)));
        response.Groups.AddRange(accounts.Groups.Where(group => request.Gids.Contains(group.Gid)));
        return Task.FromResult(response);
    }

    private static ResolveSymbolsResponse NamedAfterThemselves(ResolveSymbolsRequest request)
    {
        var response = new ResolveSymbolsResponse();
        string module = request.Pid == 0 ? "[kernel]" : "/bin/busy";
        response.Symbols.AddRange(request.Addresses.Select(address => new Symbol { Function = $"f{address}", Module = module, Offset = 1 }));
        return response;
    }
}
