namespace Eunomia.Controller.Ingest;

/// <summary>Hears how a session goes.</summary>
public interface ISessionObserver
{
    /// <summary>Probes are attached, what already ran is known, and the kernel's filter is set. Once per session.</summary>
    void Ready();

    /// <summary>Something the user should know, in one line; the session goes on.</summary>
    void Notice(string text);

    /// <summary>The collector is gone, and looked for.</summary>
    void Lost()
    {
    }

    /// <summary>It is back, and attached.</summary>
    void Back()
    {
    }
}
