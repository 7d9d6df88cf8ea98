using Eunomia.Controller.Exports.AlertFiles;
using Eunomia.Controller.Exports.Alertmanager;
using Eunomia.Controller.Exports.Journald;
using Eunomia.Controller.Exports.Syslog;
using Eunomia.Controller.Exports.Terminal;
using Eunomia.Controller.Exports.Webhook;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Exports;

/// <summary>What becomes of alerts, <c>[alerts]</c>. An output that is null is off.</summary>
public sealed record AlertOptions
{
    /// <summary>Where spools are when nothing else is said.</summary>
    public const string DefaultSpoolFolder = "/var/lib/eunomia/alerts";

    /// <summary>How repeats become one.</summary>
    public CollapseOptions Collapse { get; init; } = new();

    /// <summary>Folder of all spools; null: none, what waits is held in memory only.</summary>
    public string? SpoolFolder { get; init; } = DefaultSpoolFolder;

    /// <summary>How large each output's spool may become, in bytes.</summary>
    public long SpoolSize { get; init; } = 64 << 20;

    /// <summary>Stdout.</summary>
    public TerminalOptions Terminal { get; init; } = new();

    /// <summary>A file of JSON lines.</summary>
    public AlertFileOptions? File { get; init; } = AlertFileOptions.Default;

    /// <summary>The journal.</summary>
    public JournaldOptions? Journald { get; init; }

    /// <summary>Syslog.</summary>
    public SyslogOptions? Syslog { get; init; }

    /// <summary>A web server.</summary>
    public WebhookOptions? Webhook { get; init; }

    /// <summary>Prometheus Alertmanagers.</summary>
    public AlertmanagerOptions? Alertmanager { get; init; }
}
