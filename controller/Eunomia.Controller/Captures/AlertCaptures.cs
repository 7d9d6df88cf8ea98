using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Eunomia.Controller.Hosting;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Captures;

/// <summary>
/// Writes down what happened before and after alerts of rules that want it, each into a file that has the alert's id for
/// a name. A file is good up to where it has been written, so a daemon that is killed leaves what was before the alert.
/// </summary>
internal sealed class AlertCaptures : IAsyncDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
    private const string Extension = ".eun";
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private readonly CaptureOptions _options;
    private readonly CaptureWindow _window;
    private readonly string _version;
    private readonly ServiceLog _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Rule, string Container), long> _begun = [];
    private HashSet<string> _rules = [];
    private Running? _running;

    /// <param name="options">Where, and how much.</param>
    /// <param name="version">Of this program.</param>
    /// <param name="log">Why something was not written.</param>
    /// <param name="time">Clock and timers.</param>
    public AlertCaptures(CaptureOptions options, string version, ServiceLog log, TimeProvider time)
    {
        (_options, _version, _log, _time) = (options, version, log, time);
        _window = new CaptureWindow(options, version, time);
    }

    /// <summary>What a session has to tell.</summary>
    public ICaptureSink Sink => _window;

    /// <summary>These rules are loaded now.</summary>
    public void Adopt(IEnumerable<RuleStatus> rules)
    {
        HashSet<string> wanting = [.. rules.Where(status => status.Rule.Enabled && status.Rule.Actions.HasFlag(RuleActions.Capture)).Select(status => status.Rule.Name)];
        Volatile.Write(ref _rules, wanting);
        _window.Switch(wanting.Count > 0);
        if (wanting.Count > 0 && WhyNot() is { } reason)
        {
            _log.Write(LogPriority.Warning, $"nothing can be captured: {reason}");
        }
    }

    /// <summary>Captures, if the alert's rule wants it; gives the alert with what came of it.</summary>
    public Alert Capture(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        if (!Volatile.Read(ref _rules).Contains(alert.Rule))
        {
            return alert;
        }
        lock (_lock)
        {
            long now = _time.GetTimestamp();
            if (_running is { } running)
            {
                running.LastAt = _time.GetElapsedTime(running.StartedAt, now) < _options.Rest ? now : running.LastAt;
                return With(alert, "capture", running.Path);
            }
            if (!MayBegin(alert, now) || !_window.TryTake(out CaptureTake? take))
            {
                return alert;
            }
            if (Begin(alert, take, now))
            {
                return With(alert, "capture", _running!.Path);
            }
            _begun.Remove(KeyOf(alert)); // the next one is told too
            return With(alert, "capture failed", null);
        }
    }

    /// <summary>Ends what is being written.</summary>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync().ConfigureAwait(false);
        Task running;
        lock (_lock)
        {
            running = _running?.Task ?? Task.CompletedTask;
        }
        await running.ConfigureAwait(false);
        _over.Dispose();
    }

    private static Alert With(Alert alert, string action, string? path) => alert with { Actions = [.. alert.Actions, action], Capture = path };

    private string? WhyNot()
    {
        try
        {
            MakeFolder();
            File.Open(Path.Combine(_options.Folder, ".writable"), new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                Options = FileOptions.DeleteOnClose,
            }).Dispose();
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    private void MakeFolder() =>
        Directory.CreateDirectory(_options.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);

    // What happens all the time would fill the disk, and push out what happened first.
    private bool MayBegin(Alert alert, long now)
    {
        foreach ((var old, long at) in _begun.ToArray())
        {
            if (_time.GetElapsedTime(at, now) >= _options.Rest)
            {
                _begun.Remove(old);
            }
        }
        return _begun.TryAdd(KeyOf(alert), now);
    }

    private static (string Rule, string Container) KeyOf(Alert alert) => (alert.Rule, alert.Container?.Id ?? "");

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The task that writes it does.")]
    private bool Begin(Alert alert, CaptureTake take, long now)
    {
        string path = Path.Combine(_options.Folder, alert.Id + Extension);
        try
        {
            MakeFolder();
            var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.Read,
                UnixCreateMode = Mode,
            });
            var running = new Running(path, now);
            _running = running;
            running.Task = Task.Run(() => WriteAsync(running, file, take), CancellationToken.None);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _window.End(take);
            _log.Write(LogPriority.Error, $"rule '{alert.Rule}': nothing was captured: {error.Message}");
            return false;
        }
    }

    private async Task WriteAsync(Running running, FileStream file, CaptureTake take)
    {
        try
        {
            await using (file.ConfigureAwait(false))
            {
                await Task.WhenAny(take.Ready, Task.Delay(Beat, _time, _over.Token)).ConfigureAwait(false);
                take.WriteBase(file);
                TimeSpan left;
                do
                {
                    take.WriteNext(file);
                    file.Flush();
                    left = Left(running);
                    await Task.Delay(left < Beat ? left : Beat, _time, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
                while (left > TimeSpan.Zero && !_over.IsCancellationRequested);
                take.WriteNext(file);
                var end = new ArrayBufferWriter<byte>();
                new CaptureWriter(end, _version).EndStream(final: false);
                file.Write(end.WrittenSpan);
            }
            Prune(running.Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _log.Write(LogPriority.Error, $"{running.Path} is not complete: {error.Message}");
            Finish(running);
        }
        finally
        {
            _window.End(take);
        }
    }

    private TimeSpan Left(Running running)
    {
        lock (_lock)
        {
            TimeSpan left = _options.After - _time.GetElapsedTime(running.LastAt);
            if (left <= TimeSpan.Zero)
            {
                Finish(running);
            }
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    private void Finish(Running running)
    {
        lock (_lock)
        {
            if (_running == running)
            {
                _running = null;
            }
        }
    }

    // Ids begin with the time, so the oldest come first.
    private void Prune(string written)
    {
        FileInfo[] files =
        [
            .. new DirectoryInfo(_options.Folder).EnumerateFiles("*" + Extension)
                .Where(file => Guid.TryParse(Path.GetFileNameWithoutExtension(file.Name), out _)).OrderBy(file => file.Name, StringComparer.Ordinal),
        ];
        long size = files.Sum(file => file.Length);
        foreach (FileInfo file in files)
        {
            if (size <= _options.LargestSize)
            {
                return;
            }
            if (file.FullName != Path.GetFullPath(written))
            {
                size -= file.Length;
                file.Delete();
            }
        }
    }

    private sealed class Running(string path, long now)
    {
        public string Path { get; } = path;

        public long StartedAt { get; } = now;

        public long LastAt { get; set; } = now;

        public Task Task { get; set; } = Task.CompletedTask;
    }
}
