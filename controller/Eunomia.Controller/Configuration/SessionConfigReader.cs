using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Syscalls;

namespace Eunomia.Controller.Configuration;

/// <summary>Reads a session's TOML file. Whatever is not understood is an error: a key that is ignored helps nobody.</summary>
public sealed class SessionConfigReader
{
    // What a timer can wait for, and how often what is counted is worth telling.
    private const double ShortestTime = 0.001;
    private const double LongestTime = 4_294_967;
    private const double ShortestInterval = 0.1;
    private const double LongestInterval = 86_400;
    private const int LongestVariable = 31;
    private const int MostVariables = 16;
    private const long LargestFile = 1 << 20;
    private const int MostTicks = 1_000;
    private static readonly string[] Formats = ["text", "json"];
    private static readonly string[] ProfileFormats = [.. Formats, "folded", "svg"];
    private static readonly string[] PathStyles = ["raw", "resolved"];
    private static readonly string[] FieldNames = ["ancestors"];

    private readonly TomlDocument _document;
    private readonly Dictionary<string, ConfigPosition> _origins = [];
    private readonly string _file;

    private SessionConfigReader(string text, string file) => (_document, _file) = (TomlDocument.Parse(text, file), file);

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigException">It cannot be read or used.</exception>
    public static SessionConfig ReadFile(string path) => Read(ReadText(path), path);

    /// <summary>The text of a file.</summary>
    /// <exception cref="ConfigException">It cannot be read.</exception>
    internal static string ReadText(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            using var reader = new StreamReader(stream, new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true));
            return stream.Length <= LargestFile
                ? reader.ReadToEnd()
                : throw Failure(path, $"is larger than {LargestFile} bytes");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.Text.DecoderFallbackException)
        {
            throw Failure(path, $"cannot be read: {error.Message}");
        }
    }

    /// <summary>Reads a text that stands in a file.</summary>
    /// <exception cref="ConfigException">It cannot be used.</exception>
    public static SessionConfig Read(string text, string file)
    {
        var reader = new SessionConfigReader(text, file);
        SessionConfig config = reader.Read();
        return reader._document.Errors.Count == 0
            ? config
            : throw new ConfigException([.. reader._document.Errors.OrderBy(error => (error.Position.Line, error.Position.Column))]);
    }

    private static ConfigException Failure(string path, string reason) =>
        new([new ConfigError(new ConfigPosition(path, 1, 1), reason)]);

    private SessionConfig Read()
    {
        TomlSection output = Section("output");
        TomlSection limits = Section("limits");
        SessionConfig config = new()
        {
            File = _file,
            Format = Word(output, "output", "format", Formats),
            Output = Text(output, "output", "file"),
            Paths = Word(output, "output", "paths", PathStyles),
            Interval = output.Seconds("interval", ShortestInterval, LongestInterval),
            Ancestors = Words(output, "fields", FieldNames).Count > 0,
            Environment = Variables(output),
            Duration = limits.Seconds("duration", ShortestTime, LongestTime),
            MostEvents = (long?)limits.Number("events", 1, long.MaxValue),
            Strict = limits.Flag("strict"),
            Trackers = [.. Trackers()],
            Origins = _origins,
        };
        Note(output, "output", "interval", "fields", "environment");
        Note(limits, "limits", "duration", "events", "strict");
        output.End();
        limits.End();
        EndDocument(config);
        return config;
    }

    private void EndDocument(SessionConfig config)
    {
        _document.Root.End("output", "limits", "tracker");
        foreach ((string name, TomlSection section) in _document.Lists.Where(list => list.Name != "tracker"))
        {
            section.Refuse(section.Position, name, $"unknown table [[{name}]]; allowed: [output], [limits], [[tracker]]");
        }
        if (config.Trackers.Count == 0 && _document.Errors.Count == 0)
        {
            _document.Root.Refuse("tracker", "nothing is to be watched; add a table [[tracker]] with a name");
        }
        if (config.Trackers.Count > EventRoute.Most)
        {
            _document.Root.Refuse("tracker", $"{config.Trackers.Count} trackers; at most {EventRoute.Most} are possible");
        }
    }

    private IEnumerable<TrackerConfig> Trackers()
    {
        int index = 0;
        foreach ((_, TomlSection section) in _document.Lists.Where(list => list.Name == "tracker"))
        {
            if (ReadTracker(section, $"tracker[{index++}]") is { } tracker)
            {
                yield return tracker;
            }
        }
    }

    private TrackerConfig? ReadTracker(TomlSection section, string name)
    {
        Tracker? tracker = FindTracker(section);
        TomlSection filters = section.Sections.GetValueOrDefault("filters") ?? Empty("filters", section.Position);
        TrackerConfig config = new()
        {
            Tracker = tracker ?? Tracker.Process,
            Containers = Containers(section),
            Pids = [.. section.Pids("pids").Select(pid => pid.Number)],
            Events = Events(filters, tracker),
            Syscalls = Syscalls(filters),
            Stream = section.Flag("stream") ?? false,
            Latency = section.Flag("latency") ?? false,
            Refused = section.Flag("refused") ?? false,
            Duration = section.Seconds("duration", ShortestTime, LongestTime),
            Frequency = (int?)section.Number("frequency", 1, MostTicks),
            Format = Word(section, name, "format", tracker == Tracker.Perf ? ProfileFormats : Formats),
            Output = Text(section, name, "output"),
        };
        Note(section, name, "name", "containers", "pids", "stream", "latency", "refused", "frequency", "duration");
        Note(filters, $"{name}.filters", "events", "syscalls");
        if (tracker != Tracker.Syscall)
        {
            RefuseSyscallKeys(section, filters, tracker);
        }
        if (tracker is not null && tracker != Tracker.Perf && section.PositionOf("frequency") is not null)
        {
            section.Refuse("frequency", $"is for the tracker perf, and this is {tracker.Name}");
        }
        section.End("filters");
        filters.End();
        return tracker is null ? null : config;
    }

    private static void RefuseSyscallKeys(TomlSection section, TomlSection filters, Tracker? tracker)
    {
        foreach ((TomlSection place, string key) in (ReadOnlySpan<(TomlSection, string)>)
            [(section, "stream"), (section, "latency"), (section, "refused"), (filters, "syscalls")])
        {
            if (tracker is not null && place.PositionOf(key) is not null)
            {
                place.Refuse(key, $"is for the tracker syscall, and this is {tracker.Name}");
            }
        }
    }

    private static Tracker? FindTracker(TomlSection section)
    {
        if (section.Text("name") is not { } name)
        {
            if (section.PositionOf("name") is null)
            {
                section.Refuse("name", $"is missing; allowed: {string.Join(", ", Tracker.All)}");
            }
            return null;
        }
        Tracker? tracker = Tracker.Find(name);
        if (tracker is null)
        {
            string[] names = [.. Tracker.All.Select(known => known.Name)];
            section.Refuse("name", $"unknown tracker '{name}'{Spelling.MayBe(name, names)}; allowed: {string.Join(", ", names)}");
        }
        return tracker;
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

    private static EventKindSet Events(TomlSection filters, Tracker? tracker)
    {
        EventKindSet kinds = default;
        EventKindSet allowed = (tracker?.AllKinds ?? default).Union(EventKinds.Common);
        foreach ((string text, ConfigPosition position) in filters.Texts("events"))
        {
            if (EventKinds.TryGet(text, out EventKind kind) && (tracker is null || allowed.Contains(kind)))
            {
                kinds = kinds.With(kind);
                continue;
            }
            string[] names = [.. EventKinds.All.Where(allowed.Contains).Select(EventKinds.Name)];
            filters.Refuse(
                position, "events",
                $"'{text}' is no event of {tracker?.Name ?? "a tracker"}{Spelling.MayBe(text, names)}; allowed: {string.Join(", ", names)}");
        }
        return kinds;
    }

    private static SyscallSelection Syscalls(TomlSection filters)
    {
        List<string> names = [];
        foreach ((string text, ConfigPosition position) in filters.Texts("syscalls"))
        {
            if (SyscallNames.All.Contains(text))
            {
                names.Add(text);
            }
            else
            {
                filters.Refuse(position, "syscalls", $"there is no system call '{text}'{Spelling.MayBe(text, SyscallNames.All)}");
            }
        }
        return SyscallSelection.TryCreate(names, out SyscallSelection? selection, out _) ? selection : SyscallSelection.Everything;
    }

    private static List<string> Variables(TomlSection output)
    {
        IReadOnlyList<(string Text, ConfigPosition Position)> names = output.Texts("environment");
        foreach ((string text, ConfigPosition position) in names)
        {
            if (text.Length == 0 || text.Contains('=') || System.Text.Encoding.UTF8.GetByteCount(text) > LongestVariable)
            {
                output.Refuse(position, "environment", $"'{text}' is not a variable's name of 1 to {LongestVariable} bytes without '='");
            }
        }
        if (names.Count > MostVariables)
        {
            output.Refuse("environment", $"{names.Count} names given; at most {MostVariables} are possible");
        }
        return [.. names.Select(name => name.Text)];
    }

    private string? Word(TomlSection section, string path, string key, string[] allowed)
    {
        string? word = Text(section, path, key);
        if (word is null || allowed.Contains(word))
        {
            return word;
        }
        section.Refuse(key, $"'{word}' is not possible{Spelling.MayBe(word, allowed)}; allowed: {string.Join(", ", allowed)}");
        return null;
    }

    private static List<string> Words(TomlSection section, string key, string[] allowed)
    {
        List<string> words = [];
        foreach ((string text, ConfigPosition position) in section.Texts(key))
        {
            if (allowed.Contains(text))
            {
                words.Add(text);
            }
            else
            {
                section.Refuse(position, key, $"'{text}' is not possible; allowed: {string.Join(", ", allowed)}");
            }
        }
        return words;
    }

    private string? Text(TomlSection section, string path, string key)
    {
        Note(section, path, key);
        return section.Text(key);
    }

    private void Note(TomlSection section, string path, params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            if (section.PositionOf(key) is { } position)
            {
                _origins[$"{path}.{key}"] = position;
            }
        }
    }

    private TomlSection Section(string name) =>
        _document.Root.Sections.GetValueOrDefault(name) ?? Empty($"[{name}]", new ConfigPosition(_file, 1, 1));

    private TomlSection Empty(string name, ConfigPosition position) => new(name, position, _document.Errors);
}
