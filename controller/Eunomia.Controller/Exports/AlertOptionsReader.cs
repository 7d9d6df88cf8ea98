using Eunomia.Controller.Configuration;
using Eunomia.Controller.Exports.AlertFiles;
using Eunomia.Controller.Exports.Alertmanager;
using Eunomia.Controller.Exports.Delivery;
using Eunomia.Controller.Exports.Http;
using Eunomia.Controller.Exports.Journald;
using Eunomia.Controller.Exports.Syslog;
using Eunomia.Controller.Exports.Terminal;
using Eunomia.Controller.Exports.Webhook;
using Eunomia.Core;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Exports;

/// <summary>Reads <c>[alerts]</c> and the sections within it.</summary>
internal static class AlertOptionsReader
{
    private const long SmallestSpool = 64 << 10;
    private const double LongestWindow = 86_400;
    private const double LongestTimeout = 600;
    private static readonly string[] Formats = ["text", "json"];
    private static readonly string[] Outputs = ["terminal", "file", "journald", "syslog", "webhook", "alertmanager"];

    private static readonly string[] Facilities =
    [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "security", "console",
        "solaris-cron", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ];

    /// <summary>Reads the section; problems go to the document's errors.</summary>
    public static AlertOptions Read(TomlSection? alerts)
    {
        var defaults = new AlertOptions();
        if (alerts is null)
        {
            return defaults;
        }
        TimeSpan? window = alerts.Seconds("collapse", 0, LongestWindow);
        string? spool = alerts.FilePath("spool");
        long? spoolSize = alerts.Size("spool_size", SmallestSpool);
        var options = new AlertOptions
        {
            Collapse = new CollapseOptions { Window = window ?? defaults.Collapse.Window },
            SpoolFolder = spool is null ? defaults.SpoolFolder : spool.Length > 0 ? spool : null,
            SpoolSize = spoolSize ?? defaults.SpoolSize,
            Terminal = Of(alerts, "terminal", Terminal) ?? defaults.Terminal,
            File = alerts.Sections.ContainsKey("file") ? Of(alerts, "file", AlertFile) : defaults.File,
            Journald = Of(alerts, "journald", Journald),
            Syslog = Of(alerts, "syslog", Syslog),
            Webhook = Of(alerts, "webhook", Webhook),
            Alertmanager = Of(alerts, "alertmanager", Alertmanager),
        };
        alerts.End(Outputs);
        return options;
    }

    private static T? Of<T>(TomlSection alerts, string name, Func<TomlSection, T?> read)
        where T : class
    {
        if (!alerts.Sections.TryGetValue(name, out TomlSection? section))
        {
            return null;
        }
        T? options = read(section);
        section.End();
        return options;
    }

    private static TerminalOptions Terminal(TomlSection section) => new()
    {
        Enabled = section.Flag("enabled") ?? true,
        IsJson = Word(section, "format", Formats) == "json",
        Selection = Selection(section),
    };

    private static AlertFileOptions? AlertFile(TomlSection section)
    {
        bool isOn = section.Flag("enabled") ?? true;
        AlertSelection selection = Selection(section);
        var options = new AlertFileOptions(section.FilePath("path") ?? AlertFileOptions.DefaultPath);
        long? size = section.Size("max_size", 4096);
        double? keep = section.Number("keep", 1, 1000);
        if (options.Path.Length == 0)
        {
            section.Refuse("path", "is empty: the file that alerts are written to");
        }
        options = options with { Selection = selection, LargestSize = size ?? options.LargestSize, Keep = (int?)keep ?? options.Keep };
        return isOn ? options : null;
    }

    private static JournaldOptions Journald(TomlSection section) => new()
    {
        Socket = section.FilePath("socket") ?? JournaldOptions.DefaultSocket,
        Selection = Selection(section),
    };

    private static SyslogOptions Syslog(TomlSection section)
    {
        SyslogOptions options = SyslogOptions.Default;
        if (section.Text("address") is { } address)
        {
            options = SyslogAddress(address) ?? options;
            if (SyslogAddress(address) is null)
            {
                section.Refuse("address", $"'{address}' is no address; possible: \"/dev/log\", \"udp://HOST:514\", \"tcp://HOST:601\"");
            }
        }
        int facility = Word(section, "facility", Facilities) is { } name ? Array.IndexOf(Facilities, name) : options.Facility;
        return options with { Facility = facility, Selection = Selection(section) };
    }

    private static SyslogOptions? SyslogAddress(string address)
    {
        if (address.StartsWith('/'))
        {
            return new SyslogOptions(SyslogProtocol.Unix, address, 0);
        }
        return Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri is { Scheme: "udp" or "tcp", Host.Length: > 0, Port: > 0, PathAndQuery: "/" or "" }
            ? new SyslogOptions(uri.Scheme == "udp" ? SyslogProtocol.Udp : SyslogProtocol.Tcp, uri.DnsSafeHost, uri.Port)
            : null;
    }

    private static WebhookOptions? Webhook(TomlSection section)
    {
        AlertSelection selection = Selection(section);
        HttpOptions http = Http(section);
        TimeSpan? timeout = section.Seconds("timeout", 0.1, LongestTimeout);
        if (section.Text("url") is not { } text)
        {
            section.Refuse("url", "is missing: where alerts are posted to");
            return null;
        }
        if (Address(text) is not { } address)
        {
            section.Refuse("url", $"'{text}' is not a URL of the form http://… or https://…");
            return null;
        }
        var defaults = new WebhookOptions(address);
        return defaults with { Selection = selection, Http = http, Timeout = timeout ?? defaults.Timeout };
    }

    private static AlertmanagerOptions? Alertmanager(TomlSection section)
    {
        AlertSelection selection = Selection(section);
        HttpOptions http = Http(section);
        TimeSpan? timeout = section.Seconds("timeout", 0.1, LongestTimeout);
        TimeSpan? active = section.Seconds("active", 1, LongestWindow);
        List<Uri> addresses = [];
        foreach ((string text, ConfigPosition position) in section.Texts("urls"))
        {
            if (Address(text) is not { } address)
            {
                section.Refuse(position, "urls", $"'{text}' is not a URL of the form http://… or https://…");
            }
            else if (addresses.Contains(address))
            {
                section.Refuse(position, "urls", $"'{text}' is there twice");
            }
            else
            {
                addresses.Add(address);
            }
        }
        if (addresses.Count == 0 && section.PositionOf("urls") is null)
        {
            section.Refuse("urls", "is missing: the Alertmanagers, [\"http://localhost:9093\"]");
        }
        var defaults = new AlertmanagerOptions(new ValueList<Uri>(addresses));
        return defaults with { Selection = selection, Http = http, Timeout = timeout ?? defaults.Timeout, Active = active ?? defaults.Active };
    }

    private static HttpOptions Http(TomlSection section)
    {
        List<(string, string)> headers = [];
        foreach ((string text, ConfigPosition position) in section.Texts("headers"))
        {
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && IsHeaderName(text[..colon]) && !text.Any(char.IsControl))
            {
                headers.Add((text[..colon], text[(colon + 1)..].Trim()));
            }
            else
            {
                section.Refuse(position, "headers", $"'{text}' is not of the form \"Name: value\"");
            }
        }
        var options = new HttpOptions
        {
            Headers = new ValueList<(string, string)>(headers),
            TokenFile = section.FilePath("token_file"),
            User = section.Text("user"),
            PasswordFile = section.FilePath("password_file"),
            AuthorityFile = section.FilePath("ca_file"),
        };
        if (options.User is null != options.PasswordFile is null)
        {
            section.Refuse(options.User is null ? "password_file" : "user", "user and password_file belong together");
        }
        if (options.User is not null && options.TokenFile is not null)
        {
            section.Refuse("token_file", "either a token or a user, not both");
        }
        return options;
    }

    private static bool IsHeaderName(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static Uri? Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri is { Scheme: "http" or "https", Host.Length: > 0, UserInfo: "" } ? uri : null;

    private static AlertSelection Selection(TomlSection section) => new()
    {
        LeastPriority = Word(section, "min_priority", RulePriorities.Names) is { } name ? RulePriorities.Parse(name)!.Value : RulePriority.Debug,
        Rules = new ValueList<string>(section.Texts("rules").Select(rule => rule.Text)),
        Tags = new ValueList<string>(section.Texts("tags").Select(tag => tag.Text)),
    };

    private static string? Word(TomlSection section, string key, IReadOnlyList<string> allowed)
    {
        string? word = section.Text(key);
        if (word is null || allowed.Contains(word))
        {
            return word;
        }
        section.Refuse(key, $"'{word}' is not possible{Spelling.MayBe(word, allowed)}; allowed: {string.Join(", ", allowed)}");
        return null;
    }
}
