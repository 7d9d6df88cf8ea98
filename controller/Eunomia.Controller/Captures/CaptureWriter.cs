using System.Buffers;
using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Accounts;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Protocol;
using Eunomia.Protocol.Capture.V1;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Captures;

/// <summary>Writes down what a session receives.</summary>
/// <param name="output">Where the bytes go; it is not flushed here.</param>
/// <param name="version">The version of the program that writes.</param>
public sealed class CaptureWriter(IBufferWriter<byte> output, string version) : ICaptureSink
{
    /// <summary>The only format there is.</summary>
    internal const uint Format = 1;

    /// <inheritdoc/>
    public bool WantsSnapshot => false;

    /// <inheritdoc/>
    public void Begin(GetStatusResponse status, SessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(status);
        ArgumentNullException.ThrowIfNull(options);
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

    /// <inheritdoc/>
    public void Write(CaptureFrameType type, RecordBatch batch) => CaptureFrames.Write(output, type, batch);

    /// <inheritdoc/>
    public void Write(string id, ContainerMetadata? metadata)
    {
        var container = new Protocol.Capture.V1.Container { Id = id, Unknown = metadata is null, Metadata = metadata?.ToResponse() };
        CaptureFrames.Write(output, CaptureFrameType.Container, container);
    }

    /// <inheritdoc/>
    public void Write(string? id, AccountList accounts)
    {
        ArgumentNullException.ThrowIfNull(accounts);
        var frame = new Protocol.Capture.V1.Accounts { Container = id ?? "" };
        frame.Users.AddRange(accounts.Users.Select(user => user.ToMessage()));
        frame.Groups.AddRange(accounts.Groups.Select(group => group.ToMessage()));
        CaptureFrames.Write(output, CaptureFrameType.Accounts, frame);
    }

    /// <summary>Names that are known already, if there are any.</summary>
    internal void WriteKnown(string? id, AccountList accounts)
    {
        if (accounts.Users.Count + accounts.Groups.Count > 0)
        {
            Write(id, accounts);
        }
    }

    /// <inheritdoc/>
    public void EndSnapshot(EventPipeline pipeline)
    {
        // What is known of containers was written when it became known.
    }

    /// <inheritdoc/>
    public void EndStream(bool final) =>
        CaptureFrames.Write(output, CaptureFrameType.End, new Protocol.Capture.V1.StreamEnd { Final = final });
}
