using System.Text;
using Eunomia.Fuzz.Mutation;

namespace Eunomia.Fuzz.Targets;

/// <summary>Rules that are right, and words to spoil them with.</summary>
internal static class RuleSeeds
{
    /// <summary>Longer ones say nothing that shorter ones do not.</summary>
    private const int Longest = 8_192;

    public static readonly string[] Conditions =
    [
        "a and (b or not c)", "evt.type in (execve, execveat) and proc.name = \"x y\"", "not not(proc.aname[2] exists)or(fd.num>=-1)",
        "fd.name pmatch (/etc, '/a b') and proc.env[LD_PRELOAD] != \"\\x41\\n\"", "tolower(proc.name) = val(proc.pname)",
        "join(\",\", (proc.name, 1)) startswith anyof (a, shells)", "getopt(proc.args, \"c:\")[c] exists", "proc.name in shells or x.y glob *",
    ];

    public static readonly string[] Words =
    [
        " and ", " or ", "not ", "(", ")", "[", "]", "\"", "'", "\\", "\\x", ",", "=", "!=", " in ", " exists", " pmatch ", "evt.type", "proc.aname",
        "tolower(", "val(", " oneof ", "\n", "\n  ", "#", ":", "- ", "- rule: R\n", "- macro: m\n  condition: ", "- list: l\n  items: ", "append: true\n",
        "override: {condition: append}\n", "&a ", "*a", "|", ">", "<<", "[[rule]]\n", "[[macro]]\n", "[[list]]\n", "[[sequence]]\n", "[[rule.exception]]\n",
        "name = \"", "condition = \"", "\"\"\"", "'''", "override = { condition = \"append\" }\n", "exceptions:\n", "values: ", "fields: ", "\u00fc", "\u0000", "\ud83d\ude00",
    ];

    public const string Yaml =
        """
        - required_engine_version: 0.57.0
        - list: l
          items: [a, '"q"', b]
        - macro: m
          condition: evt.type=open
        - macro: m
          condition: or evt.type = close
          append: true
        - rule: R
          desc: >
            folded
          condition: |
            m and
            proc.name in (l)
          output: "%proc.name\t"
          priority: INFO
          tags: [t]
          exceptions:
          - {name: e, fields: [proc.name, fd.name], comps: [in, startswith], values: [[[a, l], /x], [b, /y]]}
          - {name: f, fields: proc.name, values: [p]}
        - rule: R
          exceptions: [{name: f, values: [q]}]
          override: {exceptions: append}
        """;

    public const string Toml =
        """"
        [[list]]
        name = "l"
        items = ["a", "b"]
        [[macro]]
        name = "m"
        condition = '''evt.type = open'''
        [[rule]]
        name = "R"
        condition = """
        m and
          proc.name in (l)"""
        output = "o"
        tags = ["t"]
        actions = ["kill"]
        [[rule.exception]]
        name = "e"
        fields = ["proc.name"]
        values = [["a"]]
        [[rule]]
        name = "R"
        condition = "or evt.type = close"
        override = { condition = "append" }
        [[sequence]]
        name = "s"
        steps = ["evt.type = open", "m"]
        within = "1s"
        by = "container"
        same = ["fd.name"]
        """";

    public static byte[] Mutate(Mutator mutator, byte[] input, byte[] other)
    {
        if (mutator.Once(3))
        {
            return Cut(mutator.Bytes(input));
        }
        int at = mutator.Random.Next(input.Length + 1);
        byte[] piece = mutator.Once(4) && other.Length > 0
            ? other.AsSpan(mutator.Random.Next(other.Length)).ToArray()
            : Encoding.UTF8.GetBytes(mutator.Pick(Words));
        int until = Math.Min(input.Length, at + (mutator.Once(2) ? mutator.Random.Next(12) : 0));
        return Cut([.. input.AsSpan(0, at), .. piece, .. input.AsSpan(until)]);
    }

    private static byte[] Cut(byte[] bytes) => bytes.Length > Longest ? bytes[..Longest] : bytes;
}
