using System.Diagnostics;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Events;

/// <summary>
/// What the C compiler says of the record ABI: the file that EUNOMIA_ABI_DUMP names (the Makefile sets it), else the output
/// of tests/abi/abi_dump.c, compiled here.
/// </summary>
internal static class AbiDump
{
    private const string Variable = "EUNOMIA_ABI_DUMP";

    public static Lazy<(string[]? Lines, string? Reason)> Result { get; } = new(Make);

    private static (string[]? Lines, string? Reason) Make()
    {
        string? file = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(file))
        {
            return (File.ReadAllLines(file), null);
        }

        if (RepositoryFiles.Root is null)
        {
            return (null, $"{Variable} is not set, and these tests do not run inside the repository");
        }

        string program = Path.Combine(Path.GetTempPath(), $"eunomia-abi-dump-{Environment.ProcessId}");
        try
        {
            Run("clang", $"-I{RepositoryFiles.Path("bpf", "include")}", RepositoryFiles.Path("tests", "abi", "abi_dump.c"), "-o", program);
            return (Run(program).Split('\n', StringSplitOptions.RemoveEmptyEntries), null);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (null, $"{Variable} is not set, and there is no clang to compile tests/abi/abi_dump.c");
        }
        finally
        {
            File.Delete(program);
        }
    }

    private static string Run(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{command} did not start");
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command} failed: {process.ExitCode}");
    }
}

/// <summary>A fact that needs the C side's account of the ABI, and is skipped with the reason where there is none.</summary>
internal sealed class AbiFactAttribute : FactAttribute
{
    public AbiFactAttribute() => Skip = AbiDump.Result.Value.Reason;
}
