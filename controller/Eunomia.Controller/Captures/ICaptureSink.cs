using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Accounts;
using Eunomia.Core.Containers;
using Eunomia.Protocol;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Captures;

/// <summary>Gets what a session receives, in the order in which it is applied. Its calls do not overlap.</summary>
public interface ICaptureSink
{
    /// <summary>Whether what runs now should be listed once more, without anything having been lost.</summary>
    bool WantsSnapshot { get; }

    /// <summary>A session begins.</summary>
    void Begin(GetStatusResponse status, SessionOptions options);

    /// <summary>A batch, before it is applied.</summary>
    void Write(CaptureFrameType type, RecordBatch batch);

    /// <summary>What became known of a container; null: nobody knows it.</summary>
    void Write(string id, ContainerMetadata? metadata);

    /// <summary>Names that became known, of a container or (null) of the host.</summary>
    void Write(string? id, AccountList accounts);

    /// <summary>A listing of what runs is complete, and applied.</summary>
    void EndSnapshot(EventPipeline pipeline);

    /// <summary>A stream, or the session, ended.</summary>
    void EndStream(bool final);
}
