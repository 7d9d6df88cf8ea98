using Eunomia.Protocol;
using Grpc.Core;

namespace Eunomia.Controller.Ingest;

/// <summary>The batches of one streaming call, one at a time.</summary>
internal sealed class BatchStream(
    CollectorClient client, AsyncServerStreamingCall<RecordBatch> call, CancellationToken cancel) : IDisposable
{
    /// <summary>The next batch, which the caller disposes; null when the collector has ended the stream.</summary>
    /// <exception cref="CollectorException">The call failed, or the batch cannot be read.</exception>
    public async ValueTask<RecordBatch?> NextAsync()
    {
        try
        {
            if (!await call.ResponseStream.MoveNext(cancel).ConfigureAwait(false))
            {
                return null;
            }
        }
        catch (RpcException error)
        {
            throw client.Translate(error, cancel);
        }
        client.NoteAnswer();
        RecordBatch batch = call.ResponseStream.Current;
        if (batch.IsMalformed)
        {
            batch.Dispose();
            throw new CollectorException(
                CollectorFault.AbiMismatch,
                $"the collector at {client.SocketPath} sent a batch that does not follow the protocol");
        }
        return batch;
    }

    public void Dispose() => call.Dispose();
}
