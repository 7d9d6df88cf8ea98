using Eunomia.Controller.Ingest;

namespace Eunomia.Cli.Commands;

/// <summary>Tells on stderr how a run goes.</summary>
internal sealed class RunObserver(TextWriter error, RunStop stop, Action? ready = null) : ISessionObserver
{
    public void Ready()
    {
        error.WriteLine("ready");
        ready?.Invoke();
        stop.StartTime();
    }

    public void Notice(string text) => error.WriteLine($"{Application.Name}: {text}");
}
