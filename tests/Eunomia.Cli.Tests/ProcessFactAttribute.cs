using System.Diagnostics;

namespace Eunomia.Cli.Tests;

/// <summary>
/// A test that runs eunomiactl as a process, without privilege. Says why where that cannot be.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProcessFactAttribute : FactAttribute
{
    private static readonly string? Obstacle = Find();

    public ProcessFactAttribute() => Skip = Obstacle;

    private static string? Find()
    {
        try
        {
            using Process process = Process.Start(ChildProcess.StartInfo(["--version"]))
                ?? throw new InvalidOperationException("it did not start");
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? null
                : $"eunomiactl cannot run as an unprivileged user here (status {process.ExitCode}): {error.ReplaceLineEndings(" ")}";
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return $"eunomiactl cannot be started as an unprivileged user here: {error.Message}";
        }
    }
}
