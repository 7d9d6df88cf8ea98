using Grpc.Core;

namespace Eunomia.Protocol;

/// <summary>Puts an <c>EventBatch</c> message into a pooled <see cref="RecordBatch"/>, with one copy of its bytes.</summary>
internal static class RecordBatchMarshaller
{
    public static readonly Marshaller<RecordBatch> Instance = Marshallers.Create<RecordBatch>(Serialize, Deserialize);

    private static void Serialize(RecordBatch batch, SerializationContext context) =>
        throw new NotSupportedException("The controller receives batches and never sends one.");

    private static RecordBatch Deserialize(DeserializationContext context) =>
        RecordBatch.Read(context.PayloadAsReadOnlySequence());
}
