using Eunomia.Controller.Rules;

namespace Eunomia.Controller.Tests.Rules;

public sealed class RuleLintTests
{
    [Theory]
    [InlineData("proc.name = a and proc.name = b", "can never fire: 'proc.name = b' and 'proc.name = a' exclude one another")]
    [InlineData("proc.name in (a, b) and not proc.name in (b, a)", "can never fire: 'proc.name in (\"a\", \"b\")' and not 'proc.name in (\"b\", \"a\")' exclude one another")]
    [InlineData("proc.name in (a, b) and proc.name != a and proc.name != b", "can never fire:")]
    [InlineData("fd.name startswith /a and not fd.name startswith /a", "can never fire: 'fd.name startswith /a' is wanted and excluded")]
    [InlineData("fd.num > 5 and fd.num < 3", "can never fire: 'fd.num < 3' and 'fd.num > 5' exclude one another")]
    [InlineData("fd.num >= 5 and fd.num in (3, 4)", "can never fire:")]
    [InlineData("proc.name = a and (proc.name = b or proc.name = c and fd.num = 1)", "can never fire: no part of an 'or' can hold:")]
    [InlineData("proc.name in ()", "can never fire: 'proc.name in ()' has no value")]
    [InlineData("(proc.name = a or proc.name in (a, b))", "'proc.name = a' adds nothing to 'or proc.name in (\"a\", \"b\")'; take it away")]
    [InlineData("(fd.name startswith /etc/x or fd.name startswith /etc/)", "'fd.name startswith /etc/x' adds nothing to")]
    [InlineData("(proc.name = a and fd.num = 1 or proc.name = a)", "'proc.name = a and fd.num = 1' adds nothing to 'or proc.name = a'; take it away")]
    [InlineData("proc.name = a and fd.num = 1 and proc.name = a", "'proc.name = a' is there twice; take one away")]
    [InlineData("proc.name in (known_shels)", "there is no list 'known_shels', so it is a text; did you mean the list 'known_shells'?")]
    [InlineData("evt.type = exceve", "no event is called 'exceve', did you mean 'execve'?")]
    public void Check_OddConditions_AreTold(string condition, string message)
    {
        LoadedRules loaded = Check($"evt.type in (open, openat, exceve, execve) and {condition}");
        Assert.Contains(loaded.Diagnostics, diagnostic => diagnostic.Message.StartsWith(message, StringComparison.Ordinal));
        Assert.Single(loaded.Set.Rules);
    }

    [Theory]
    [InlineData("proc.aname = a and proc.aname = b")]
    [InlineData("proc.aname[1] = a and proc.aname[2] = b")]
    [InlineData("proc.name in (a, b) and not proc.name = a")]
    [InlineData("(proc.name = a or proc.name = b) and not (proc.name = a and fd.num = 1)")]
    [InlineData("fd.net = 10.0.0.0/8 and fd.net = 10.1.0.0/16")]
    [InlineData("fd.num >= 5 and fd.num <= 5")]
    [InlineData("not proc.name in (known_shells)")]
    public void Check_WhatCanHold_IsNotToldOf(string condition) =>
        Assert.DoesNotContain(Check($"evt.type = open and {condition}").Diagnostics, diagnostic => diagnostic.Severity != RuleSeverity.Info);

    [Fact]
    public void Check_WhatIsMissingOrUnused_IsTold()
    {
        LoadedRules loaded = RuleKit.Check(("r.toml",
            """
            [[list]]
            name = "unused"
            items = []
            [[macro]]
            name = "nobody"
            condition = "no.field = 1"
            [[rule]]
            name = "Bare"
            condition = "proc.name = x"
            [[rule]]
            name = "Bare"
            condition = "proc.name = y"
            warn_evttypes = false
            output = "o"
            """));
        Assert.Equal(
            [
                "r.toml:1:1: info: list 'unused': is not used",
                "r.toml:4:1: info: macro 'nobody': is not used",
                "r.toml:6:14: warning: macro 'nobody': there is no field 'no.field'",
                "r.toml:10:1: warning: rule 'Bare': replaces the one at r.toml:7:1",
                "r.toml:10:1: info: rule 'Bare': has no description",
                "r.toml:10:1: info: rule 'Bare': has no tags to select it by",
            ],
            loaded.Said());
        Assert.Contains(
            "r.toml:1:1: warning: rule 'Bare': has no output; its alerts say no more than its name",
            RuleKit.Check(("r.toml", "[[rule]]\nname = \"Bare\"\ncondition = \"proc.name = x\"\n")).Said());
        Assert.Contains(
            "r.toml:1:1: warning: rule 'Bare': looks at every event, which costs; say which are meant: evt.type in (...) and ...",
            RuleKit.Check(("r.toml", "[[rule]]\nname = \"Bare\"\ncondition = \"proc.name = x\"\n")).Said());
    }

    private static LoadedRules Check(string condition) => RuleKit.Check(
        ("r.yaml", $"- list: known_shells\n  items: []\n- rule: R\n  desc: d\n  output: o\n  priority: INFO\n  tags: [t]\n  condition: '{condition}'\n"));
}
