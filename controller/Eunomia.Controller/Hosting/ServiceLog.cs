using System.Globalization;

namespace Eunomia.Controller.Hosting;

/// <summary>How bad it is, as syslog and the journal count.</summary>
public enum LogPriority
{
    /// <summary>Something failed.</summary>
    Error = 3,

    /// <summary>Something may be missing.</summary>
    Warning = 4,

    /// <summary>Normal, and worth reading.</summary>
    Notice = 5,

    /// <summary>Everything else.</summary>
    Information = 6,
}

/// <summary>
/// A service's own messages, a line each. Where the journal reads them each begins with its priority (sd-daemon(3)); else with
/// the program's name, as messages of a command do.
/// </summary>
public sealed class ServiceLog(TextWriter output, string program, bool journal)
{
    private const int Kept = 20;
    private readonly Lock _lock = new();
    private readonly Queue<string> _recent = new();

    /// <summary>The last lines that told of something wrong.</summary>
    public IReadOnlyList<string> Recent
    {
        get
        {
            lock (_lock)
            {
                return [.. _recent];
            }
        }
    }

    /// <summary>Writes a line.</summary>
    public void Write(LogPriority priority, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string line = text.ReplaceLineEndings(" ");
        lock (_lock)
        {
            output.WriteLine(journal ? string.Create(CultureInfo.InvariantCulture, $"<{(int)priority}>{line}") : $"{program}: {line}");
            if (priority <= LogPriority.Warning)
            {
                _recent.Enqueue(line);
                if (_recent.Count > Kept)
                {
                    _recent.Dequeue();
                }
            }
        }
    }

    /// <summary>Writes a line that scripts read, as it is.</summary>
    public void WriteContract(string line)
    {
        lock (_lock)
        {
            output.WriteLine(journal ? $"<{(int)LogPriority.Notice}>{line}" : line);
        }
    }
}
