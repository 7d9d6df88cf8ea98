using Eunomia.Protocol.Collector.V1;
using Grpc.Core;

namespace Eunomia.Protocol;

/// <summary>
/// The two streaming calls, with <see cref="RecordBatch"/> in place of the generated message: a message of a megabyte
/// in a <c>ByteString</c> would be a large-object allocation each time.
/// </summary>
public static class RecordStreams
{
    private const string Service = "eunomia.collector.v1.Collector";

    private static readonly Method<SubscribeRequest, RecordBatch> SubscribeMethod = new(
        MethodType.ServerStreaming,
        Service,
        "Subscribe",
        RequestMarshaller(SubscribeRequest.Parser),
        RecordBatchMarshaller.Instance);

    private static readonly Method<SnapshotRequest, RecordBatch> SnapshotMethod = new(
        MethodType.ServerStreaming,
        Service,
        "Snapshot",
        RequestMarshaller(SnapshotRequest.Parser),
        RecordBatchMarshaller.Instance);

    /// <summary>Starts a subscription. The caller disposes each batch when it is done with it.</summary>
    public static AsyncServerStreamingCall<RecordBatch> Subscribe(
        CallInvoker invoker, SubscribeRequest request, CallOptions options) =>
        invoker.AsyncServerStreamingCall(SubscribeMethod, null, options, request);

    /// <summary>Asks for what already runs. The caller disposes each batch when it is done with it.</summary>
    public static AsyncServerStreamingCall<RecordBatch> Snapshot(
        CallInvoker invoker, SnapshotRequest request, CallOptions options) =>
        invoker.AsyncServerStreamingCall(SnapshotMethod, null, options, request);

    private static Marshaller<T> RequestMarshaller<T>(Google.Protobuf.MessageParser<T> parser)
        where T : class, Google.Protobuf.IBufferMessage, Google.Protobuf.IMessage<T> =>
        Marshallers.Create(
            static (message, context) =>
            {
                context.SetPayloadLength(message.CalculateSize());
                Google.Protobuf.MessageExtensions.WriteTo(message, context.GetBufferWriter());
                context.Complete();
            },
            context => parser.ParseFrom(context.PayloadAsReadOnlySequence()));
}
