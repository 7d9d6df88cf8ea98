using System.Diagnostics;
using System.Globalization;
using System.Text;
using Eunomia.Cli.Native;
using Eunomia.Controller.Tests.Fakes;

namespace Eunomia.Cli.Tests;

/// <summary>eunomiactl as a process of its own, as a user without any privilege.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const string Nobody = "4242";
    private readonly Process _process;
    private readonly StringBuilder _error = new();
    private readonly Task<string> _output;

    public ChildProcess(params string[] arguments)
    {
        _process = new Process { StartInfo = StartInfo(arguments) };
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_error)
            {
                _error.AppendLine(line.Data);
            }
        };
        _process.Start();
        _process.BeginErrorReadLine();
        _output = _process.StandardOutput.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public string Error
    {
        get
        {
            lock (_error)
            {
                return _error.ToString();
            }
        }
    }

    public Task<string> Output => Eventually.Within(_output);

    public Task ReadyAsync() =>
        Eventually.TrueAsync(() => Error.Contains("ready\n", StringComparison.Ordinal), $"it is ready: {Error}");

    public void Signal(int signal) => Assert.Equal(0, Libc.Kill(_process.Id, signal));

    public async Task<int> EndAsync()
    {
        await Eventually.Within(_process.WaitForExitAsync());
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
        _process.Dispose();
    }

    /// <summary>How to start it; as root through setpriv, since it refuses to read events as root.</summary>
    public static ProcessStartInfo StartInfo(IEnumerable<string> arguments)
    {
        // From its own folder: what lies beside the tests leaves out what the ASP.NET framework brings them.
        string configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string program = Path.GetFullPath($"../../Eunomia.Cli/{configuration}/eunomiactl", AppContext.BaseDirectory);
        string[] command = Libc.GetEffectiveUserId() == 0
            ? ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", program]
            : [program];
        var info = new ProcessStartInfo(command[0])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["HOME"] = Path.GetTempPath() },
        };
        foreach (string argument in command.Skip(1).Concat(arguments))
        {
            info.ArgumentList.Add(argument);
        }
        return info;
    }

    /// <summary>A line of <c>/proc/PID/status</c>.</summary>
    public string Status(string name)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{Id}/status");
        return File.ReadLines(path).First(line => line.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..].Trim();
    }
}
