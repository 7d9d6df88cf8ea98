using System.Globalization;
using Eunomia.Core.Events;
using Eunomia.TestKit;

namespace Eunomia.Bench;

/// <summary>
/// What a host with some containers does: 64 processes, half of them in eight containers, open and close files, connect,
/// and now and then start a program.
/// </summary>
internal static class Workload
{
    public const int Events = 100_000;
    private const int Processes = 64;
    private const int Containers = 8;
    private const int Rarity = 24;

    /// <summary>The processes and containers that run already.</summary>
    public static byte[] Snapshot()
    {
        var records = new RecordBuilder { Flags = RecordTraits.Snapshot };
        for (uint i = 0; i < Containers; i++)
        {
            records.Mkdir(Key(i), "/docker/" + TestHost.Id(i.ToString("x4", CultureInfo.InvariantCulture)));
        }
        for (uint i = 0; i < Processes; i++)
        {
            records.Exec(Process(i), new ExecSpec { Exe = "/usr/sbin/server", Args = ["server", "--number", $"{i}"], Cwd = "/srv" });
        }
        return records.Take();
    }

    /// <summary>The events of a while.</summary>
    public static byte[] Records()
    {
        var records = new RecordBuilder();
        for (uint n = 0; n < Events; n++)
        {
            records.Cpu = (ushort)(n / 64 % 2);
            Add(records, n);
        }
        return records.Take();
    }

    private static ulong Key(uint container) => 0x1000 + container;

    private static ProcessSpec Process(uint number)
    {
        uint i = number % Processes;
        var process = new ProcessSpec(1000 + i, 1_000_000 + i) { Comm = "server" };
        return i % 2 == 0 ? process : process.In(Key(i % Containers), 501 + (i % Containers));
    }

    private static void Add(RecordBuilder records, uint n)
    {
        ProcessSpec process = Process(n / 8);
        string path = $"/srv/data/files/{n % 1000}/object";
        switch (n % 8)
        {
            case 0 or 2 or 4:
                records.FileOpen(process, new FileOpenSpec { Path = path, Raw = path, FileMode = 0x81a4, Inode = n });
                break;
            case 1 or 3 or 5:
                records.FileIo(
                    EventKind.FileClose, process, new FileIoSpec { Path = path, FileMode = 0x81a4, BytesRead = n, Reads = 1 });
                break;
            case 6:
                records.Tcp(EventKind.TcpConnect, process, new TcpSpec { LatencyNs = 1000 });
                break;
            default:
                AddSeldom(records, process, n);
                break;
        }
    }

    private static void AddSeldom(RecordBuilder records, ProcessSpec process, uint n)
    {
        uint group = n / 8 / Rarity;
        ProcessSpec child = Process(group).Child(100_000 + group, 2_000_000 + group);
        switch (n / 8 % Rarity)
        {
            case 0:
                records.Exec(child, new ExecSpec { Exe = "/bin/true", Args = ["true"], Cwd = "/srv" });
                break;
            case 1:
                records.Exit(child);
                break;
            default:
                records.Tcp(EventKind.TcpClose, process, new TcpSpec { BytesSent = n, BytesReceived = n, DurationNs = n });
                break;
        }
    }
}
