using System.Buffers;
using Eunomia.Controller.Ingest;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Protocol;
using Eunomia.Protocol.Capture.V1;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Captures;

/// <summary>Writes down what a session receives, in the order in which it is applied. Its calls must not overlap.</summary>
/// <param name="output">Where the bytes go; it is not flushed here.</param>
/// <param name="version">The version of the program that writes.</param>
public sealed class CaptureWriter(IBufferWriter<byte> output, string version)
{
    /// <summary>The only format there is.</summary>
    internal const uint Format = 1;

    internal void Begin(GetStatusResponse status, SessionOptions options)
    {
        var header = new CaptureHeader
        {
            Format = Format,
            AbiVersion = RecordAbi.Version,
            Version = version,
            Hostname = options.Hostname,
            KernelRelease = status.KernelRelease,
            BootId = status.BootId,
            HostPidns = status.HostPidns,
            HostMntns = status.HostMntns,
            SupervisorPid = status.SupervisorPid,
            RawPaths = options.RawPaths,
        };
        header.Events.AddRange(EventKinds.All.Where(options.Kinds.Contains).Select(EventKinds.Name));
        header.Containers.AddRange(options.Filters.SelectMany(filter => filter.Containers).Select(selector => selector.Text));
        header.Pids.AddRange(options.Filters.SelectMany(filter => filter.Pids));
        output.Write(CaptureFrames.Magic);
        CaptureFrames.Write(output, CaptureFrameType.Header, header);
    }

    internal void Write(CaptureFrameType type, RecordBatch batch) => CaptureFrames.Write(output, type, batch);

    internal void Write(string id, ContainerMetadata? metadata)
    {
        var container = new Protocol.Capture.V1.Container { Id = id, Unknown = metadata is null, Metadata = metadata?.ToResponse() };
        CaptureFrames.Write(output, CaptureFrameType.Container, container);
    }

    internal void End(bool final) =>
        CaptureFrames.Write(output, CaptureFrameType.End, new Protocol.Capture.V1.StreamEnd { Final = final });
}
