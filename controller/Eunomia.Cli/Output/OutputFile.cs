using System.Buffers;
using System.Runtime.InteropServices;
using Eunomia.Cli.Native;

namespace Eunomia.Cli.Output;

/// <summary>
/// A file or stdout, written in large pieces. The first failed write ends it: <see cref="Failure"/> tells the error,
/// the token tells the run to stop, and all later bytes are thrown away, so that the ending needs no special path.
/// </summary>
internal sealed unsafe class OutputFile : IBufferWriter<byte>, IDisposable
{
    private const int PieceSize = 64 * 1024;
    private const uint NewFileMode = 0x1b6; // rw-rw-rw-, less the umask

    private readonly CancellationTokenSource _failed = new();
    private readonly int _descriptor;
    private readonly bool _owned;
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(PieceSize);
    private int _used;

    private OutputFile(string name, int descriptor, bool owned) =>
        (Name, _descriptor, _owned) = (name, descriptor, owned);

    /// <summary>What a message calls it.</summary>
    public string Name { get; }

    /// <summary>The error number of the first failed write; 0 while all went well.</summary>
    public int Failure { get; private set; }

    /// <summary>Whether the program that read our output has gone, as <c>head</c> does.</summary>
    public bool ReaderIsGone => Failure == Libc.EPIPE;

    /// <summary>Cancelled by the first failed write.</summary>
    public CancellationToken Failed => _failed.Token;

    /// <summary>The failure as the one line the user gets.</summary>
    public CommandException FailureException() => new($"cannot write {Name}: {Libc.Describe(Failure)}");

    public static OutputFile OverDescriptor(string name, int descriptor) => new(name, descriptor, owned: false);

    /// <summary>Creates or empties a file, with the rights of whoever runs us.</summary>
    /// <exception cref="CommandException">The system refuses; the message names the file and the reason.</exception>
    public static OutputFile Create(string path)
    {
        int flags = Libc.OpenWrite | Libc.OpenCreate | Libc.OpenTruncate | Libc.OpenCloseOnExec;
        int descriptor = Libc.Open(path, flags, NewFileMode);
        return descriptor >= 0
            ? new OutputFile(path, descriptor, owned: true)
            : throw new CommandException($"cannot write {path}: {Reason(Marshal.GetLastPInvokeError())}");
    }

    // Who called us as root need not know that files are opened without root's rights.
    private static string Reason(int error) => error == Libc.EACCES
        ? $"{Libc.Describe(error)} for uid {Libc.GetEffectiveUserId()}, which writes it; "
            + "name a place that this user may write to, or redirect stdout"
        : Libc.Describe(error);

    public void Advance(int count) => _used += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_used);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _buffer.AsSpan(_used);
    }

    /// <summary>Hands everything to the system.</summary>
    public void Flush()
    {
        ReadOnlySpan<byte> rest = _buffer.AsSpan(0, _used);
        _used = 0;
        while (Failure == 0 && !rest.IsEmpty)
        {
            rest = rest[WriteSome(rest)..];
        }
    }

    public void Dispose()
    {
        Flush();
        if (_owned)
        {
            _ = Libc.Close(_descriptor);
        }
        _failed.Dispose();
    }

    private void MakeRoom(int count)
    {
        if (_buffer.Length - _used >= count)
        {
            return;
        }
        Flush();
        if (_buffer.Length < count)
        {
            _buffer = GC.AllocateUninitializedArray<byte>(count);
        }
    }

    private int WriteSome(ReadOnlySpan<byte> bytes)
    {
        nint written;
        fixed (byte* start = bytes)
        {
            written = Libc.Write(_descriptor, start, (nuint)bytes.Length);
        }
        return written >= 0 ? (int)written : AfterError(Marshal.GetLastPInvokeError());
    }

    private int AfterError(int error)
    {
        switch (error)
        {
            case Libc.EINTR:
                break;
            case Libc.EAGAIN: // somebody made our terminal or pipe non-blocking
                var descriptor = new Libc.PollDescriptor { Descriptor = _descriptor, Wanted = Libc.PollOut };
                _ = Libc.Poll(ref descriptor, 1, -1);
                break;
            default:
                Failure = error;
                _failed.Cancel();
                break;
        }
        return 0;
    }
}
