using Eunomia.Core.Events;

namespace Eunomia.Core.Processes;

/// <summary>
/// What a process runs since its last exec: shared by all processes that forked since, so a fork stores nothing. Strings
/// are bytes as the kernel had them. Instances are used again once nobody refers to them: keep none beyond the call that
/// handed it out.
/// </summary>
public sealed class ProcessImage
{
    private readonly byte[] _bytes;
    private int _name;
    private int _exe;
    private int _args;
    private int _cwd;
    private int _env;
    private ExecLayout _exec;

    /// <summary>Task name at the time of exec.</summary>
    public ReadOnlySpan<byte> Name => _bytes.AsSpan(0, _name);

    /// <summary>Path of the executable; empty when unknown.</summary>
    public ReadOnlySpan<byte> Exe => _bytes.AsSpan(_name, _exe);

    /// <summary>Arguments, each followed by NUL (the last one not, when cut); see <see cref="NulList"/>.</summary>
    public ReadOnlySpan<byte> Args => _bytes.AsSpan(_name + _exe, _args);

    /// <summary>Working directory at the time of exec; empty when unknown.</summary>
    public ReadOnlySpan<byte> Cwd => _bytes.AsSpan(_name + _exe + _args, _cwd);

    /// <summary>Chosen variables at the time of exec, NAME=VALUE, each followed by NUL; see <see cref="NulList"/>.</summary>
    public ReadOnlySpan<byte> Env => _bytes.AsSpan(_name + _exe + _args + _cwd, _env);

    /// <summary>What else the exec said: ids, capabilities, terminal, the executable's traits.</summary>
    public ref readonly ExecLayout Exec => ref _exec;

    /// <summary>Login uid at the time of exec; <see cref="RecordAbi.IdUnset"/> when never set.</summary>
    public uint LoginUid => _exec.Loginuid;

    /// <summary>Mount namespace in which it was executed: its paths are from there.</summary>
    public uint MountNamespace => _exec.Hdr.Mntns;

    /// <summary>Which of the strings were cut, by the collector or to keep the table small.</summary>
    public Truncation Truncated { get; private set; }

    /// <summary>Members of the JSON object <c>process</c>, encoded once by the writer that needs them.</summary>
    internal byte[]? Json { get; set; }

    internal int References { get; set; }

    /// <summary>Bytes it can hold.</summary>
    internal int Capacity => _bytes.Length;

    internal ProcessImage(int capacity) => _bytes = new byte[capacity];

    /// <summary>Bytes that an exec's strings need, each cut at <paramref name="limit"/> bytes.</summary>
    internal static int SizeOf(in ExecRecord exec, int limit) =>
        exec.Comm.Length + Math.Min(exec.Exe.Length, limit) + Math.Min(exec.Args.Length, limit) + Math.Min(exec.Cwd.Length, limit)
        + Math.Min(exec.Env.Length, Math.Min(limit, RecordAbi.EnvMax));

    /// <summary>Takes over an exec's strings, each cut at <paramref name="limit"/> bytes.</summary>
    internal void Fill(in ExecRecord exec, int limit)
    {
        Truncation cut = exec.Cut & (Truncation.Args | Truncation.Exe | Truncation.Cwd);
        Truncation cutOfEnv = Truncation.None;
        ReadOnlySpan<byte> exe = Cut(exec.Exe, limit, Truncation.Exe, ref cut);
        ReadOnlySpan<byte> args = Cut(exec.Args, limit, Truncation.Args, ref cut);
        ReadOnlySpan<byte> cwd = Cut(exec.Cwd, limit, Truncation.Cwd, ref cut);
        ReadOnlySpan<byte> env = Cut(exec.Env, Math.Min(limit, RecordAbi.EnvMax), Truncation.Env, ref cutOfEnv);
        ReadOnlySpan<byte> name = exec.Comm;
        (_name, _exe, _args, _cwd, _env) = (name.Length, exe.Length, args.Length, cwd.Length, env.Length);
        name.CopyTo(_bytes);
        exe.CopyTo(_bytes.AsSpan(_name));
        args.CopyTo(_bytes.AsSpan(_name + _exe));
        cwd.CopyTo(_bytes.AsSpan(_name + _exe + _args));
        env.CopyTo(_bytes.AsSpan(_name + _exe + _args + _cwd));
        _exec = exec.Fields;
        Truncated = cut;
        Json = null;
    }

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text, int limit, Truncation part, ref Truncation cut)
    {
        if (text.Length <= limit)
        {
            return text;
        }

        cut |= part;
        return text[..limit];
    }
}
