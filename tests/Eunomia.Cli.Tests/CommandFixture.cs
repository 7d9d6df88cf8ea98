using Eunomia.Cli.Commands;
using Eunomia.Cli.Output;
using Eunomia.Controller.Tests.Fakes;

namespace Eunomia.Cli.Tests;

/// <summary>Runs the whole command line inside the test process.</summary>
internal sealed class CommandFixture : IDisposable
{
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();
    private readonly TextWriter _safeError;
    private readonly CancellationTokenSource _stop = new();

    public CommandFixture() => _safeError = TextWriter.Synchronized(_error);

    public TestMachine Machine { get; init; } = new();

    public Func<OutputFile> OpenStdout { get; init; } = () => OutputFile.Create("/dev/null");

    public Terminal Terminal { get; init; } = Terminal.None;

    public string Out => _out.ToString();

    public string Error
    {
        get
        {
            lock (_safeError)
            {
                return _error.ToString();
            }
        }
    }

    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public int Run(params string[] arguments) => Application.Run(new CommandContext
    {
        Machine = Machine,
        Out = _out,
        Error = _safeError,
        Arguments = arguments,
        OpenStdout = OpenStdout,
        Terminal = Terminal,
        Stop = _stop.Token,
        OnHangup = action =>
        {
            Hangup = action;
            return new CancellationTokenSource();
        },
    });

    /// <summary>What SIGHUP would do; null = end.</summary>
    public Action? Hangup { get; private set; }

    public Task<int> RunAsync(params string[] arguments) => Task.Run(() => Run(arguments));

    public Task SaidAsync(string line) => Eventually.TrueAsync(() => ErrorLines.Contains(line), $"stderr says {line}: {Error}");

    public void Stop() => _stop.Cancel();

    /// <summary>The one line that stderr has, without the program's name.</summary>
    public string Complaint()
    {
        string line = Assert.Single(ErrorLines);
        Assert.StartsWith("eunomiactl: ", line, StringComparison.Ordinal);
        return line["eunomiactl: ".Length..];
    }

    public void Dispose()
    {
        _stop.Dispose();
        _safeError.Dispose();
        _out.Dispose();
    }
}
