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
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Containers", "cgroup-paths.txt")))
        {
            string[] words = line.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length == 2 && !line.StartsWith('#'))
            {
                rows.Add(words[0], words[1]);
            }
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
    public void Corpus_Lines_AreThere() => Assert.True(Corpus().Count > 80);

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

    [Fact]
    public void Classify_RandomPaths_NeverThrows()
    {
        var random = new Random(7);
        string[] parts = ["/", "docker", "-", ".scope", ":", H, T, "lxc", "machine-", "\\x2d", "\\x", "kubepods", "\0", "é", "supervisor", ".slice"];
        for (int round = 0; round < 100_000; round++)
        {
            string path = string.Concat(Enumerable.Range(0, random.Next(10)).Select(_ => parts[random.Next(parts.Length)]));
            byte[] bytes = Encoding.UTF8.GetBytes(path);
            Describe(bytes.AsSpan(0, random.Next(bytes.Length + 1)));
        }
    }

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
