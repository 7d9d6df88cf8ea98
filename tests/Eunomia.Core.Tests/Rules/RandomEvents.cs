using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Core.Rules.Fields;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Rules;

/// <summary>Records of every kind, with values that conditions ask for.</summary>
internal static class RandomEvents
{
    private static readonly string[] Paths = ["/etc/shadow", "/etc/passwd", "/tmp/x.so", "relative", "../up", "", "/", "/etc/", "/ETC/Shadow"];
    private static readonly SecurityCall[] Calls = Enum.GetValues<SecurityCall>();
    private static readonly string[] Peers = ["1.2.3.4", "10.0.0.5", "127.0.0.1"];
    private static readonly string[] PeersV6 = ["::1", "fe80::1", "2001:db8::5"];

    /// <summary>A start of some processes, and then a hundred things that they do.</summary>
    public static byte[] Make(Random random)
    {
        var records = new RecordBuilder();
        records.Mkdir(RuleFixture.Key, $"/docker/{RuleFixture.Web}")
            .Exec(RuleFixture.Init, new ExecSpec { Exe = "/sbin/init", Args = ["/sbin/init"] })
            .Fork(RuleFixture.Shell)
            .Exec(RuleFixture.Shell, new ExecSpec { Exe = "/bin/bash", Args = ["-bash"], Cwd = "/root", Sid = 101, Pgid = 101, Loginuid = 1000, CapEffective = 3 })
            .Fork(RuleFixture.Tool)
            .Exec(RuleFixture.Tool, new ExecSpec { Exe = "/usr/bin/cat", Args = ["cat", "/etc/shadow", "-n"], Sid = 101, Pgid = 101, Env = ["LD_PRELOAD=/tmp/x.so"], ExeFlags = ExeTraits.UpperLayer });
        for (int i = 0; i < 100; i++)
        {
            Add(records, random, random.Next(4) switch
            {
                0 => RuleFixture.Shell,
                1 => RuleFixture.Tool,
                2 => RuleFixture.Init,
                _ => new ProcessSpec(5, 50) { Uid = 1000 },
            });
        }

        return records.Exit(RuleFixture.Tool, signal: 9).Exit(RuleFixture.Shell, code: 1).Exit(RuleFixture.Init).Rmdir(RuleFixture.Key, $"/docker/{RuleFixture.Web}").Bytes;
    }

    private static void Add(RecordBuilder records, Random random, ProcessSpec process)
    {
        string path = Paths[random.Next(Paths.Length)];
        string other = Paths[random.Next(Paths.Length)];
        int result = random.Next(3) == 0 ? -random.Next(1, 40) : random.Next(5);
        switch (random.Next(12))
        {
            case 0 or 1 or 2:
                records.FileOpen(process, new FileOpenSpec { Path = result < 0 || random.Next(3) == 0 ? "" : path, Raw = path, Base = "/srv", Flags = (ulong)random.Next(0x400), Mode = (uint)random.Next(0x1000), FileMode = random.Next(3) == 0 ? 0x41edu : 0x81a4, Inode = 5, Device = 7, Result = result, Resolve = random.Next(8) == 0 ? 8u : 0 });
                break;
            case 3:
                records.FileIo(random.Next(2) == 0 ? EventKind.FileClose : EventKind.FileIo, process, new FileIoSpec { Path = path, FileMode = 0x81a4, BytesRead = 9, Inode = 4 });
                break;
            case 4 or 5:
                records.FileChange(EventKind.FileUnlink + (ushort)random.Next(9), process, new FileChangeSpec { Raw = path, Base = "/srv", NewRaw = other, NewBase = "/srv", Mode = 0xfff, Owner = 3, Result = Math.Min(0, result), Fd = random.Next(2) == 0 ? 3 : -1 });
                break;
            case 6 or 7:
                records.Tcp(EventKind.TcpConnect + (ushort)random.Next(4), process, Socket(random, result));
                break;
            case 8:
                records.Udp(random.Next(2) == 0 ? EventKind.UdpOpen : EventKind.UdpClose, process, new UdpSpec { Peer = Peers[random.Next(3)], Direction = (TcpDirection)random.Next(3), Result = Math.Min(0, result) })
                    .Dns(random.Next(2) == 0 ? EventKind.DnsQuery : EventKind.DnsAnswer, process, new DnsSpec { Message = DnsMessages.Query("www.example.org") });
                break;
            case 9:
                records.Ipc(EventKind.IpcOpen + (ushort)random.Next(4), process, new IpcSpec { Type = (IpcType)random.Next(9), Role = (IpcRole)random.Next(9), Name = path, Fd = 3, Result = Math.Min(0, result) })
                    .Signal(process, new SignalSpec(RuleFixture.Shell) { Signal = (uint)random.Next(1, 32), Code = random.Next(-7, 2) });
                break;
            default:
                EventKind kind = EventKind.SecurityPtrace + (ushort)random.Next(17);
                records.Security(kind, process, new SecuritySpec
                {
                    Call = Calls[random.Next(Calls.Length)] is var call && IsOf(kind, call) ? call : First(kind),
                    Args = [(ulong)random.Next(30), 101, 3, 4],
                    Flags = (ulong)random.Next() << 3,
                    Detail = (uint)random.Next(45),
                    Raw = path,
                    Base = "/srv",
                    Source = other,
                    Name = "name",
                    Data = "data",
                    Result = result,
                    TargetPid = random.Next(2) == 0 ? 101u : 0,
                    Socket = Socket(random, 0),
                });
                break;
        }
    }

    private static SecurityCall First(EventKind kind) => Calls.FirstOrDefault(call => IsOf(kind, call));

    private static bool IsOf(EventKind kind, SecurityCall call) => CallDecoders.Of(call) is { } decoder
        && EventTypes.GroupsOf(kind).Any(group => EventTypes.NamesOf(group) is [var name] && name == decoder.Name);

    private static TcpSpec Socket(Random random, int result) => random.Next(3) == 0
        ? new TcpSpec { Local = "::1", Peer = PeersV6[random.Next(3)], Direction = (TcpDirection)random.Next(4), Result = result }
        : new TcpSpec { Peer = Peers[random.Next(3)], LocalPort = (ushort)(random.Next(2) == 0 ? 22 : 43210), Direction = (TcpDirection)random.Next(4), Result = result };
}
