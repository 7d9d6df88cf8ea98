using System.Text;
using Eunomia.Core.Containers;

namespace Eunomia.Core.Tests.Containers;

public sealed class CgroupPathTests
{
    private static readonly string H = "3f5c" + new string('a', 60);
    private static readonly string G = "9d01" + new string('b', 60);
    private static readonly string K = "77ee" + new string('c', 60);
    private static readonly string T = "54be" + new string('d', 28);

    public static TheoryData<string, string> Corpus()
    {
        var rows = new TheoryData<string, string>();
        foreach (string line in CorpusLines())
        {
            string[] words = line.Split(" # ", 2)[0].Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            rows.Add(words[0], words[1]);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Classify_RealPath_IsAsTheCorpusSays(string path, string expected)
    {
        string actual = Describe(Encoding.UTF8.GetBytes(Expand(path)));

        if (expected.EndsWith('*'))
        {
            Assert.StartsWith(expected[..^1], actual, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(Expand(expected), actual);
        }
    }

    [Fact]
    public void Corpus_Lines_AreThere() => Assert.True(Corpus().Count > 150);

    [Fact]
    public void Corpus_Lines_SayWhoMakesSuchAPath() => Assert.All(CorpusLines(), line => Assert.Matches(@"\S +\S.* # \S", line));

    [Fact]
    public void Corpus_Paths_StandThereOnce() =>
        Assert.Empty(Corpus().Select(row => (string)row[0]).GroupBy(path => path).Where(group => group.Count() > 1).Select(group => group.Key));

    [Fact]
    public void TryParse_Container_GivesRuntimeAndId()
    {
        Assert.True(CgroupPath.TryParse(Encoding.UTF8.GetBytes($"/docker/{H}/x"), out string? runtime, out string? id));
        Assert.Equal(("docker", H), (runtime, id));
    }

    [Fact]
    public void TryParse_HostPath_GivesNothing() => Assert.False(CgroupPath.TryParse("/system.slice/a.service"u8, out _, out _));

    [Theory]
    [InlineData("own directory", "/docker/H", true)]
    [InlineData("a directory below", "/docker/H/x", false)]
    [InlineData("trailing slash", "/docker/H/", true)]
    public void Classify_Container_KnowsItsOwnDirectory(string name, string path, bool expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected, CgroupPath.Classify(Encoding.UTF8.GetBytes(Expand(path))).IsOwn);
    }

    [Theory]
    [InlineData("blank", "/a b")]
    [InlineData("too long", "/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("not ASCII", "/grün")]
    [InlineData("broken escape", "/machine-a\\xZ.scope")]
    public void AnonymousId_NameThatCannotBeAnId_IsAStableHashOfThePath(string name, string path)
    {
        Assert.NotEmpty(name);
        string id = CgroupPath.AnonymousId(Encoding.UTF8.GetBytes(path), out bool isName);

        Assert.False(isName);
        Assert.Matches("^cgroup-path-[0-9a-f]{16}$", id);
        Assert.Equal(id, CgroupPath.AnonymousId(Encoding.UTF8.GetBytes(path), out _));
        Assert.NotEqual(id, CgroupPath.AnonymousId(Encoding.UTF8.GetBytes(path + "1"), out _));
    }

    [Theory]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-H.scope", 1000)]
    [InlineData("/user.slice/user-1000.slice/session-2.scope", 1000)]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/x/user.slice/user-2.slice/libpod-H.scope", 1000)]
    [InlineData("/user.slice/user-0.slice/session-1.scope/lxc/web", 0)]
    [InlineData("/user.slice/user-1000.slice", 0)]
    [InlineData("/user.slice/user-1000x.slice/a", 0)]
    [InlineData("/user.slice/user-99999999999.slice/a", 0)]
    [InlineData("/user.slice/user-.slice/a", 0)]
    [InlineData("/machine.slice/user-1000.slice/libpod-H.scope", 0)]
    [InlineData("/docker/G/user.slice/user-1000.slice/libpod-H.scope", 0)]
    public void Classify_Path_KnowsInWhoseSliceItLies(string path, uint owner) =>
        Assert.Equal(owner, CgroupPath.Classify(Encoding.UTF8.GetBytes(Expand(path))).Owner);

    [Theory]
    [InlineData("/kubepods/besteffort/pod5f399c1a-f9fc-11e8-bf65-246e9659ebfc/H", "5f399c1a-f9fc-11e8-bf65-246e9659ebfc")]
    [InlineData("/kubepods.slice/kubepods-pod5f399c1a_f9fc_11e8_bf65_246e9659ebfc.slice/crio-H.scope", "5f399c1a-f9fc-11e8-bf65-246e9659ebfc")]
    [InlineData("/kubepods-burstable-pod5f399c1a_f9fc_11e8_bf65_246e9659ebfc.slice:cri-containerd:H", "5f399c1a-f9fc-11e8-bf65-246e9659ebfc")]
    [InlineData("/kubepods/podT/H", "T")]
    [InlineData("/kubepods/podabc/H", null)]
    [InlineData("/kubepods/podTx/H", null)]
    [InlineData("/kubepods/H", null)]
    [InlineData("/machine.slice/machine-libpod_pod_K.slice/libpod-H.scope", null)]
    [InlineData("/podT/H", null)]
    [InlineData("podT", null)]
    public void PodUid_Path_IsThePodsAroundIt(string path, string? uid) =>
        Assert.Equal(uid is null ? null : Expand(uid), CgroupPath.PodUid(Encoding.UTF8.GetBytes(Expand(path))));

    /// <summary>Whatever the path: no exception, and a container has an id that InspectContainer would take.</summary>
    [Fact]
    public void Classify_RandomPaths_GiveContainersValidIdsOnly()
    {
        var random = new Random(7);
        string[] parts =
        [
            "/", "/", "docker", "-", ".scope", ":", H, T, "lxc", "lxc.payload.", "lxc.payload/", "machine-", "systemd-nspawn@",
            ".service", "/payload", "\\x2d", "\\x", "\\x00", "kubepods", "/pod", "libpod-", "libpod-conmon-", "/libpod_parent/",
            "crio-", "runc-", "crun-", "buildkit", ".libvirt-lxc", "/user.slice/user-1000.slice/", "\0", "é", "/supervisor", ".slice", "a b",
        ];
        int containers = 0;
        for (int round = 0; round < 200_000; round++)
        {
            string path = string.Concat(Enumerable.Range(0, random.Next(10)).Select(_ => parts[random.Next(parts.Length)]));
            byte[] bytes = Encoding.UTF8.GetBytes(path);
            containers += CheckIdentity(bytes.AsSpan(0, random.Next(bytes.Length + 1)));
        }

        Assert.True(containers > 1_000);
    }

    private static int CheckIdentity(ReadOnlySpan<byte> path)
    {
        CgroupIdentity identity = CgroupPath.Classify(path);
        string anonymous = CgroupPath.AnonymousId(path, out bool isName);
        Assert.NotEmpty(anonymous);
        Assert.True(!isName || CgroupPath.IsValidId(Encoding.ASCII.GetBytes(anonymous)));
        CgroupPath.PodUid(path);
        if (identity.Class != CgroupClass.Container)
        {
            return 0;
        }

        string id = CgroupPath.DecodeId(identity.Id);
        Assert.True(CgroupPath.IsValidId(Encoding.ASCII.GetBytes(id)), $"'{id}' of {Encoding.UTF8.GetString(path)}");
        Assert.NotEqual(CgroupPath.UnknownRuntime, identity.Runtime);
        Assert.True(identity.Outer.Length < path.Length);
        return 1 + CheckIdentity(identity.Outer);
    }

    private static IEnumerable<string> CorpusLines() =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Containers", "cgroup-paths.txt"))
            .Where(line => line.Length > 0 && !line.StartsWith('#'));

    private static string Describe(ReadOnlySpan<byte> path)
    {
        CgroupIdentity identity = CgroupPath.Classify(path);
        switch (identity.Class)
        {
            case CgroupClass.Host:
                return "host";
            case CgroupClass.Other:
                return "other " + CgroupPath.AnonymousId(path, out _);
            default:
                string outer = Describe(identity.Outer);
                string around = CgroupPath.Classify(identity.Outer).Class == CgroupClass.Container ? " " + outer : "";
                return $"{identity.Runtime} {CgroupPath.DecodeId(identity.Id)}{around}";
        }
    }

    /// <summary>Single capital letters stand for long ids, so that the corpus can be read.</summary>
    private static string Expand(string text)
    {
        var expanded = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            bool isAlone = i + 1 == text.Length || !char.IsAsciiLetterOrDigit(text[i + 1]);
            expanded.Append((isAlone ? text[i] : ' ') switch
            {
                'H' => H,
                'G' => G,
                'K' => K,
                'T' => T,
                _ => text[i..(i + 1)],
            });
        }

        return expanded.ToString();
    }
}
