using Eunomia.Controller.Captures;
using Eunomia.Controller.Enforcement;
using Eunomia.Controller.Exports;
using Eunomia.Core;

namespace Eunomia.Controller.Configuration;

/// <summary>Reads the daemon's TOML file. Whatever is not understood is an error, as in a session's file.</summary>
public sealed class DaemonConfigReader
{
    private const double ShortestInterval = 0.1;
    private const double LongestInterval = 86_400;
    private const double LongestCapture = 60;
    private const long SmallestCaptures = 1 << 20;
    private static readonly string[] Formats = ["text", "json"];
    private static readonly string[] Sections = ["alerts", "captures", "daemon", "enforcement", "rules"];

    private readonly TomlDocument _document;
    private readonly string _file;

    private DaemonConfigReader(string text, string file) => (_document, _file) = (TomlDocument.Parse(text, file), file);

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigException">It cannot be read or used.</exception>
    public static DaemonConfig ReadFile(string path) => Read(SessionConfigReader.ReadText(path), path);

    /// <summary>Reads a text that stands in a file.</summary>
    /// <exception cref="ConfigException">It cannot be used.</exception>
    public static DaemonConfig Read(string text, string file)
    {
        var reader = new DaemonConfigReader(text, file);
        DaemonConfig config = reader.Read();
        return reader._document.Errors.Count == 0
            ? config
            : throw new ConfigException([.. reader._document.Errors.OrderBy(error => (error.Position.Line, error.Position.Column))]);
    }

    private DaemonConfig Read()
    {
        TomlSection daemon = Section("daemon");
        TomlSection rules = Section("rules");
        TomlSection enforcement = Section("enforcement");
        TomlSection captures = Section("captures");
        DaemonConfig config = new()
        {
            Collector = daemon.FilePath("collector"),
            Socket = daemon.FilePath("socket"),
            Format = Word(daemon, "format", Formats),
            Interval = daemon.Seconds("interval", ShortestInterval, LongestInterval),
            Containers = Containers(daemon),
            Pids = [.. daemon.Pids("pids").Select(pid => pid.Number)],
            Rules = [.. rules.Texts("files").Select(file => Full(file.Text))],
            Enforcement = Word(enforcement, "mode", EnforcementModes.Names) is { } mode ? EnforcementModes.Parse(mode) : null,
            Captures = Captures(captures),
            Alerts = AlertOptionsReader.Read(_document.Root.Sections.GetValueOrDefault("alerts")),
        };
        daemon.End();
        rules.End();
        enforcement.End();
        captures.End();
        _document.Root.End(Sections);
        foreach ((string name, TomlSection section) in _document.Lists)
        {
            section.Refuse(section.Position, name, $"unknown table [[{name}]]; allowed: {string.Join(", ", Sections.Select(section => $"[{section}]"))}");
        }
        return config;
    }

    private static string? Word(TomlSection section, string key, string[] allowed)
    {
        string? word = section.Text(key);
        if (word is not null && !allowed.Contains(word))
        {
            section.Refuse(key, $"'{word}' is not possible{Spelling.MayBe(word, allowed)}; allowed: {string.Join(", ", allowed)}");
        }
        return word;
    }

    private static CaptureOptions Captures(TomlSection section)
    {
        var defaults = new CaptureOptions();
        string? folder = section.FilePath("folder");
        if (folder is { Length: 0 })
        {
            section.Refuse("folder", "is empty: the folder that captures are written to");
        }
        return defaults with
        {
            Folder = folder ?? defaults.Folder,
            Before = section.Seconds("before", 1, LongestCapture) ?? defaults.Before,
            After = section.Seconds("after", 0, LongestCapture) ?? defaults.After,
            LargestSize = section.Size("max_size", SmallestCaptures) ?? defaults.LargestSize,
        };
    }

    private static List<ContainerSelector> Containers(TomlSection section)
    {
        List<ContainerSelector> selectors = [];
        foreach ((string text, ConfigPosition position) in section.Texts("containers"))
        {
            if (ContainerSelector.TryParse(text, out ContainerSelector? selector, out string? error))
            {
                selectors.Add(selector);
            }
            else
            {
                section.Refuse(position, "containers", error);
            }
        }
        return selectors;
    }

    // From the file's own folder: a service has no current directory worth the name.
    private string Full(string path) =>
        System.IO.Path.GetFullPath(path, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(_file)) ?? "/");

    private TomlSection Section(string name) => _document.Root.Sections.GetValueOrDefault(name)
        ?? new TomlSection($"[{name}]", new ConfigPosition(_file, 1, 1), _document.Errors);
}
