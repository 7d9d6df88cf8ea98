using Eunomia.Controller.Rules;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Controller.Tests.Rules;

public sealed class RuleLoaderTests
{
    private const string Rule = "\n- rule: R\n  desc: d\n  output: o\n  priority: INFO\n  condition: ";

    [Fact]
    public void Load_Toml_IsWhatItSays()
    {
        LoadedRules loaded = RuleKit.Toml(
            """"
            [[list]]
            name = "shells"
            items = ["sh", "bash"]
            [[macro]]
            name = "spawned"
            condition = "evt.type in (execve, execveat)"
            [[rule]]
            name = "Shell"
            description = "A shell."
            condition = """
            spawned
            # and nothing else
            and proc.name in (shells)"""
            output = "%proc.name started"
            priority = "Critical"
            tags = ["container", "T1059"]
            fix = "Stop it."
            actions = ["kill", "capture"]
            enabled = false
            [[rule.exception]]
            name = "make"
            fields = ["proc.pname", "fd.name"]
            comparisons = ["=", "startswith"]
            values = [["make", "/src"], ["ninja", "/obj"]]
            [[sequence]]
            name = "Dropped"
            steps = ["evt.type = chmod", "spawned and proc.exepath startswith /tmp/"]
            within = "1.5s"
            by = "process-tree"
            same = ["fd.name"]
            output = "dropped"
            """");

        Rule rule = loaded.Only();
        Assert.Equal(
            "evt.type in (execve, execveat) and proc.name in (sh, bash) and not (proc.pname = make and fd.name startswith /src or proc.pname = ninja and fd.name startswith /obj)",
            rule.Print());
        Assert.Equal(("Shell", "A shell.", "%proc.name started", "Stop it."), (rule.Name, rule.Description, rule.Output, rule.Fix));
        Assert.Equal((RulePriority.Critical, RuleActions.Kill | RuleActions.Capture, false), (rule.Priority, rule.Actions, rule.Enabled));
        Assert.Equal(["container", "T1059"], rule.Tags);
        Assert.Equal("r.toml:7:1", rule.Position.ToString());
        SequenceRule sequence = Assert.Single(loaded.Set.Sequences);
        Assert.Equal((TimeSpan.FromSeconds(1.5), SequenceJoin.ProcessTree), (sequence.Within, sequence.By));
        Assert.Equal(["evt.type = chmod", "evt.type in (\"execve\", \"execveat\") and proc.exepath startswith /tmp/"], sequence.Steps.Select(ConditionPrinter.Print));
        Assert.Equal(new FieldOperand("fd.name", null, default), Assert.Single(sequence.Same));
        Assert.Equal(sequence.Steps[1], sequence.Rule.Condition);
    }

    [Fact]
    public void Load_Yaml_HasEverythingThatFalcoHas()
    {
        LoadedRules loaded = RuleKit.Yaml(
            """
            - required_engine_version: 0.57.0
            - required_plugin_versions:
                - name: container
                  version: 0.4.0
                - name: k8saudit
                  version: 0.1.0
                  alternatives: [{name: other, version: 1.0.0}]
            - list: shells
              items: [sh, '"(sd-pam)"', "runc:[1:CHILD]", other, 1]
            - macro: spawned
              condition: (evt.type in (execve, execveat))
            - rule: R
              desc: >
                folded
                text
              condition: >
                spawned and
                proc.name in (shells) and fd.sport in (80,  443)
              output: "%proc.name | %evt.arg.flags"
              priority: WARNING
              enabled: no
              capture: true
              capture_duration: 5000
              warn_evttypes: False
              skip-if-unknown-filter: true
              source: syscall
              tags: [a, b]
            - rule: Audit
              desc: d
              condition: ka.verb in (create) and spawned
              output: "%ka.verb"
              priority: NOTICE
              source: k8s_audit
            """);

        Rule rule = loaded.Only();
        Assert.Equal("evt.type in (execve, execveat) and proc.name in (sh, (sd-pam), runc:[1:CHILD], other, 1) and fd.sport in (80, 443)", rule.Print());
        Assert.Equal(("folded text", RulePriority.Warning, RuleActions.Capture, false), (rule.Description, rule.Priority, rule.Actions, rule.Enabled));
        Assert.Equal(
            [
                "r.yaml:5:7: info: plugin 'k8saudit' is not here; rules of its source are left out, and its fields are unknown",
                "r.yaml:23:21: info: rule 'R': capture_duration is not used: how long a capture is, is the daemon's setting",
                "r.yaml:33:11: info: rule 'Audit': is for the source 'k8s_audit', which this host does not have; it is left out",
            ],
            loaded.Said());
    }

    [Theory]
    [InlineData("override: {condition: append}\n  condition: or proc.name=b", "evt.type = open and proc.name = a or proc.name = b")]
    [InlineData("append: true\n  condition: and proc.pname=b", "evt.type = open and proc.name = a and proc.pname = b")]
    [InlineData("override: {condition: replace}\n  condition: evt.type=close", "evt.type = close")]
    public void Load_Override_ChangesTheCondition(string change, string condition)
    {
        LoadedRules loaded = RuleKit.Yaml($"{Rule}evt.type=open and proc.name=a\n- rule: R\n  {change}\n");
        Assert.Equal(condition, loaded.Only().Print());
    }

    [Fact]
    public void Load_Override_ChangesEachKeyAsItSays()
    {
        Rule rule = RuleKit.Load(
            ("a.yaml", $"{Rule}evt.type=open\n  tags: [a]"),
            ("b.yaml", "- rule: R\n  output: more\n  desc: other\n  tags: [b, a]\n  priority: ERROR\n  override: {output: append, desc: replace, tags: append, priority: replace}"),
            ("c.yaml", "- rule: R\n  enabled: false"),
            ("d.toml", "[[rule]]\nname = \"R\"\nfix = \"f\"\noverride = { fix = \"replace\" }\n")).Only();
        Assert.Equal(("o more", "other", "f", RulePriority.Error, false), (rule.Output, rule.Description, rule.Fix, rule.Priority, rule.Enabled));
        Assert.Equal(["a", "b"], rule.Tags);
        Assert.Equal("a.yaml:2:3", rule.Position.ToString());
    }

    [Fact]
    public void Load_ListsAndMacros_AreAppendedToAndReplaced()
    {
        Rule rule = RuleKit.Load(
            ("a.yaml", $"- list: l\n  items: [a]\n- list: k\n  items: [x]\n- macro: m\n  condition: evt.type=open\n{Rule}m and proc.name in (l, k, \"l\")"),
            ("b.yaml", "- list: l\n  items: [b, k]\n  append: true\n- macro: m\n  condition: or evt.type=close\n  override: {condition: append}\n- list: k\n  items: [y]")).Only();
        Assert.Equal("(evt.type = open or evt.type = close) and proc.name in (a, b, y, l)", rule.Print());
    }

    [Theory]
    [InlineData("[{name: e, fields: proc.name, values: [a, l, '\"l\"', 'b c']}]", "not proc.name in (a, x, l, b c)")]
    [InlineData("[{name: e, fields: fd.name, comps: pmatch, values: [/a]}]", "not fd.name pmatch (/a)")]
    [InlineData("[{name: e, fields: fd.name, comps: startswith anyof, values: [/a, /b]}]", "not (fd.name startswith /a or fd.name startswith /b)")]
    [InlineData("[{name: e, fields: [proc.name, fd.name], values: [[a, b]]}]", "not (proc.name = a and fd.name = b)")]
    [InlineData("[{name: e, fields: [proc.name, fd.name], comps: [in, endswith], values: [[l, b], [[c, l], d], ['(e, l)', f]]}]",
        "not (proc.name in (x) and fd.name endswith b or proc.name in (c, x) and fd.name endswith d or proc.name in (e, x) and fd.name endswith f)")]
    [InlineData("[{name: e, fields: [proc.name], values: [[val(proc.pname)]]}]", "not proc.name = val(proc.pname)")]
    [InlineData("[{name: e, fields: [proc.name]}]", "")]
    [InlineData("[{name: e, fields: [proc.name], values: [[a]]}, {name: f, fields: fd.name, values: [b]}]", "not proc.name = a and not fd.name in (b)")]
    [InlineData("", "")]
    public void Load_Exceptions_ArePutBehindTheCondition(string exceptions, string condition)
    {
        Rule rule = RuleKit.Yaml($"- list: l\n  items: [x]\n{Rule}evt.type=open or evt.type=close\n  exceptions: {exceptions}").Only();
        Assert.Equal(condition.Length > 0 ? $"(evt.type = open or evt.type = close) and {condition}" : "evt.type = open or evt.type = close", rule.Print());
    }

    [Fact]
    public void Load_Exceptions_GetMoreValues()
    {
        Rule rule = RuleKit.Yaml(
            $"{Rule}evt.type=open\n  exceptions:\n  - name: e\n    fields: [proc.name]\n    values: [[a]]\n"
            + "- rule: R\n  exceptions: [{name: e, values: [[b]]}, {name: f, fields: fd.name, values: [c]}]\n  override: {exceptions: append}\n").Only();
        Assert.Equal("evt.type = open and not (proc.name = a or proc.name = b) and not fd.name in (c)", rule.Print());
    }

    [Fact]
    public void Load_Macros_MayBeUsedByMacrosOnlyWhenTheyCameBefore()
    {
        LoadedRules loaded = RuleKit.Yaml($"- macro: a\n  condition: b\n- macro: b\n  condition: evt.type=open\n{Rule}a");
        Assert.Equal(
            [
                "r.yaml:10:14: error: rule 'R': macro 'a' is wrong, see r.yaml:1:3: macro 'b' is defined only later, at r.yaml:3:3; move it before this one",
            ],
            loaded.Said());
        Assert.Equal("evt.type = open", RuleKit.Yaml($"{Rule}b\n- macro: b\n  condition: evt.type=open").Only().Print());
        string redefined = "- macro: a\n  condition: evt.type=close\n- macro: b\n  condition: evt.type=open\n- macro: a\n  condition: b\n";
        Assert.Equal("evt.type = open", RuleKit.Yaml($"{redefined}{Rule}a").Only().Print());
    }

    [Theory]
    [InlineData("- macro: a\n  condition: a", "macro 'a' is defined only later")]
    [InlineData("- macro: a\n  condition: evt.type=open\n- macro: b\n  condition: a\n- macro: a\n  condition: b", "macro 'a' uses itself: a > b > a; take one away")]
    public void Load_Cycles_AreTold(string macros, string message)
    {
        LoadedRules loaded = RuleKit.Yaml($"{macros}\n{Rule}a");
        Assert.Contains(loaded.Said(), line => line.Contains(message, StringComparison.Ordinal));
        Assert.Empty(loaded.Set.Rules);
    }

    [Fact]
    public void Load_ListsInThemselves_AreTold()
    {
        LoadedRules loaded = RuleKit.Yaml($"- list: a\n  items: [b, x]\n- list: b\n  items: [a]\n{Rule}evt.type=open and proc.name in (a)");
        Assert.Equal("r.yaml:4:11: error: list 'b': contains itself: a > b > a; take one away", loaded.Said()[0]);
    }

    [Fact]
    public void Load_WhatIsWrong_LeavesItsNeighboursAlone()
    {
        LoadedRules loaded = RuleKit.Load(
            ("a.yaml", $"{Rule}evt.type=open and proc.nmae = x\n- rule: Other\n  desc: d\n  output: o\n  priority: INFO\n  condition: evt.type=close\n- rule: Third\n  condition: (a\n  output: o\n"),
            ("b.yaml", "- rule: [x\n"),
            ("c.toml", "[[rule]]\nname = \"Fourth\"\ncondition = \"evt.type = read\"\n[[rule]]\nname = \"Fifth\"\nconditoin = \"x\"\n"),
            ("d.txt", ""));
        Assert.Equal(["Other", "Fourth"], loaded.Set.Rules.Select(rule => rule.Name));
        string[] said = loaded.Said();
        Assert.Equal("a.yaml:6:32: error: rule 'R': there is no field 'proc.nmae', did you mean 'proc.name'?", said[0]);
        Assert.Contains("a.yaml:13:16: error: rule 'Third': found the end where 'and', 'or' or ')' should be", said);
        Assert.Contains(said, line => line.StartsWith("b.yaml:", StringComparison.Ordinal) && line.Contains("is no YAML", StringComparison.Ordinal));
        Assert.Contains("c.toml:4:1: error: rule 'Fifth': condition is missing", said);
        Assert.Contains(said, line => line.StartsWith("c.toml:6:1: error: rule 'Fifth': unknown key 'conditoin', did you mean 'condition'?", StringComparison.Ordinal));
        Assert.Equal("d.txt: error: is no rule file: its name must end in .toml, .yaml or .yml", said[^1]);
    }

    [Theory]
    [InlineData("proc.nmae = x", "there is no field 'proc.nmae', did you mean 'proc.name'?")]
    [InlineData("proc.name[1] = x", "proc.name takes no [1]")]
    [InlineData("proc.aname[x] = y", "proc.aname wants a number from 0, not [x]")]
    [InlineData("proc.apid = 1", "proc.apid wants a number: proc.apid[1]")]
    [InlineData("evt.arg = x", "evt.arg wants a name: evt.arg[NAME]")]
    [InlineData("proc.name > 1", "'>' does not fit proc.name, which is a text; allowed: = != in")]
    [InlineData("fd.num contains 1", "'contains' does not fit fd.num, which is a number; allowed: = != in intersects < <= > >=")]
    [InlineData("fd.num = x", "'x' is no whole number, as fd.num wants")]
    [InlineData("proc.duration <= 5s", "'5s' is no whole number, as proc.duration wants")]
    [InlineData("evt.is_open_read = 1", "'1' is neither true nor false, as evt.is_open_read wants")]
    [InlineData("fd.sport in (80, 70000)", "'70000' is no port from 0 to 65535, as fd.sport wants")]
    [InlineData("fd.ip = 10.0.0.0/8", "'10.0.0.0/8' is a network; compare networks with fd.net")]
    [InlineData("fd.net = 10.0.0", "")]
    [InlineData("fd.net = 10.0.0.0/33", "'10.0.0.0/33' is neither an address nor a network like 10.0.0.0/8")]
    [InlineData("proc.name regex '(x'", "'(x' is no regular expression (")]
    [InlineData("proc.name bcontains 7f4", "'7f4' is no even number of hexadecimal digits")]
    [InlineData("proc.name = val(fd.num)", "proc.name is a text, and val(fd.num) is a number; compare like with like")]
    [InlineData("tolower(fd.num) = x", "tolower() wants a text, and fd.num is a number")]
    [InlineData("len(proc.name) contains x", "'contains' does not fit len(proc.name), which is a number")]
    [InlineData("join(proc.name, fd.name) = x", "join() wants a separator and a list: join(\",\", proc.aname)")]
    [InlineData("spwned", "macro 'spwned' is not defined")]
    public void Load_WhatDoesNotFit_IsRefused(string condition, string message)
    {
        LoadedRules loaded = RuleKit.Yaml($"{Rule}evt.type=open and {condition}");
        if (message.Length == 0)
        {
            Assert.NotNull(loaded.Only());
            return;
        }
        Assert.Empty(loaded.Set.Rules);
        Assert.StartsWith($"error: rule 'R': {message}", Assert.Single(loaded.Said()).Split(": ", 2)[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evt.arg.flags contains x", "evt.arg[flags] contains x")]
    [InlineData("k8s.pod.label.app.kubernetes = x", "k8s.pod.label[app.kubernetes] = x")]
    [InlineData("fd.num in (-1, 0x10, +3)", "fd.num in (-1, 0x10, +3)")]
    [InlineData("fd.net != '127.0.0.1/8' and fd.ip = ::1", "fd.net != 127.0.0.1/8 and fd.ip = ::1")]
    [InlineData("proc.name = anyof (a, b)", "proc.name in (a, b)")]
    [InlineData("proc.aname = anyof (a, b)", "(proc.aname = a or proc.aname = b)")]
    [InlineData("proc.name contains allof (a, b)", "proc.name contains a and proc.name contains b")]
    [InlineData("proc.name contains oneof (a, b)", "(proc.name contains a and not proc.name contains b or proc.name contains b and not proc.name contains a)")]
    [InlineData("proc.name contains allof ()", "proc.name in ()")]
    public void Load_WhatFits_IsWhatTheEngineKnows(string condition, string resolved) =>
        Assert.Equal($"evt.type = open and {resolved}", RuleKit.Yaml($"{Rule}evt.type=open and {condition}").Only().Print());

    [Fact]
    public void Load_WhatIsNotObservable_IsLoadedAndTold()
    {
        LoadedRules loaded = RuleKit.Yaml($"{Rule}evt.type=open and test.never = x");
        Assert.NotNull(loaded.Only());
        Assert.Equal(["r.yaml:6:32: warning: rule 'R': test.never has no value on this host: nothing of it is seen"], loaded.Said());
    }

    [Fact]
    public void Load_UnknownFields_AreNoErrorForARuleThatAllowsForThem()
    {
        LoadedRules loaded = RuleKit.Yaml($"- macro: m\n  condition: no.field=x\n{Rule}evt.type=open and m\n  skip-if-unknown-filter: true");
        Assert.Empty(loaded.Set.Rules);
        Assert.False(loaded.HasErrors);
        Assert.Contains("left out, as it asks", Assert.Single(loaded.Said()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("condition: >\n    evt.type=open\n    and\n    proc.nmae=x", "r.yaml:9:5")]
    [InlineData("condition: |\n    evt.type=open\n      and proc.nmae=x", "r.yaml:8:11")]
    [InlineData("condition: evt.type=open\n    and proc.nmae=x", "r.yaml:7:9")]
    [InlineData("condition: 'fd.name=\"it''s\" and proc.nmae=x'", "r.yaml:6:35")]
    [InlineData("condition: \"fd.name=\\\"a\\\" and\\\n     \\ proc.nmae=x\"", "r.yaml:7:8")]
    public void Load_Positions_AreThoseOfTheFile_Yaml(string condition, string position)
    {
        string said = Assert.Single(RuleKit.Yaml($"\n- rule: R\n  desc: d\n  output: o\n  priority: INFO\n  {condition}\n").Said());
        Assert.StartsWith($"{position}: error: rule 'R': there is no field", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"fd.name = \\\"a\\\" and proc.nmae=x\"", "r.toml:3:34")]
    [InlineData("'fd.name = a and proc.nmae=x'", "r.toml:3:30")]
    [InlineData("\"\"\"\nfd.name = a\n  and proc.nmae=x\"\"\"", "r.toml:5:7")]
    [InlineData("\"\"\"fd.name = \\u0061 and \\\n   proc.nmae=x\"\"\"", "r.toml:4:4")]
    [InlineData("'''\nfd.name = a\n  and proc.nmae=x'''", "r.toml:5:7")]
    public void Load_Positions_AreThoseOfTheFile_Toml(string condition, string position)
    {
        string said = Assert.Single(RuleKit.Toml($"[[rule]]\nname = \"R\"\ncondition = {condition}\n").Said());
        Assert.StartsWith($"{position}: error: rule 'R': there is no field", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x = 1", "unknown key 'x'; all keys stand in tables: [[list]], [[macro]], [[rule]], [[sequence]]")]
    [InlineData("[[rul]]\nname = \"x\"", "unknown table [rul], did you mean 'rule'?; allowed: [[list]]")]
    [InlineData("[rule]\nname = \"x\"", "unknown table [rule], write [[rule]]; allowed:")]
    [InlineData("[[rule.exception]]\nname = \"x\"", "[rule.exception] belongs to a [[rule]], and none stands before it")]
    [InlineData("[[list]]\nname = \"x\"\nitems = \"y\"", "items: wants a list of texts, and this is a text")]
    [InlineData("[[rule]]\nname = \"x\"\ncondition = \"evt.type=open\"\npriority = \"warn\"", "priority: 'warn' is not possible")]
    [InlineData("[[rule]]\nname = \"x\"\ncondition = \"evt.type=open\"\nactions = [\"kil\"]", "there is no action 'kil', did you mean 'kill'?; allowed: kill, kill-container, deny, capture")]
    [InlineData("[[rule]]\nname = \"x\"\ncondition = \"evt.type=open\"\nenabled = \"true\"", "enabled: wants true or false")]
    [InlineData("[[rule]]\nname = \"x\"\nfix = \"y\"\noverride = { fx = \"append\" }", "override: fx cannot be changed, did you mean 'fix'?; allowed: condition")]
    [InlineData("[[rule]]\nname = \"x\"\nfix = \"y\"\noverride = { fix = \"append\" }", "is to be changed, and no rule of this name stands before it")]
    [InlineData("[[rule]]\nname = \"x\"\npriority = \"info\"\noverride = { priority = \"append\" }", "override: priority cannot be appended to; write replace")]
    [InlineData("[[rule]]\nname = \"x\"\npriority = \"info\"\ncondition = \"a\"\noverride = { priority = \"replace\" }", "override does not say what happens to condition; add condition to it, or take it away")]
    [InlineData("[[sequence]]\nname = \"x\"\nsteps = [\"evt.type=open\"]\nwithin = \"1s\"\nby = \"process\"", "steps: wants two conditions at least; with one it is a [[rule]]")]
    [InlineData("[[sequence]]\nname = \"x\"\nsteps = [\"evt.type=open\", \"evt.type=open\"]\nwithin = \"1\"\nby = \"process\"", "within: '1' is not possible; allowed: a time from 1ms to 24h: \"10s\"")]
    [InlineData("[[rule]]\nname = \"x\"\ncondition = \"evt.type=open\"\nexception = [{ name = \"e\", fields = \"proc.name\", comparisons = \"=\", values = [\"a\"] }]", "exception 'e': '=' takes one value, and with one field there are several")]
    [InlineData("[[rule]]\nname = \"x\"\ncondition = \"evt.type=open\"\nexception = [{ name = \"e\", fields = [\"proc.name\"], values = [\"a\", \"b\"] }]", "exception 'e': 1 fields and 1 values; there must be a list with one for each")]
    [InlineData("[[rule]]\nname = \"x\"\ncondition = \"evt.type=open\"\nexception = [{ name = \"e\", field = [\"proc.name\"] }]", "exception 'e': unknown key 'field', did you mean 'fields'?")]
    public void Load_Toml_SaysWhatWouldBeRight(string text, string message)
    {
        LoadedRules loaded = RuleKit.Toml(text);
        Assert.Empty(loaded.Set.Rules);
        Assert.Contains(loaded.Diagnostics, diagnostic => diagnostic.Message.StartsWith(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Load_Aliases_StandForTheirAnchorsAndHaveAnEnd()
    {
        Rule rule = RuleKit.Yaml($"- list: a\n  items: &i [x, y]\n- list: b\n  items: *i\n{Rule}evt.type=open and proc.name in (b)").Only();
        Assert.Equal("evt.type = open and proc.name in (x, y)", rule.Print());

        string bomb = "- &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + string.Concat(Enumerable.Range(1, 9).Select(n => $"- &a{n} [{string.Join(", ", Enumerable.Repeat($"*a{n - 1}", 10))}]\n"));
        Assert.Contains("has more than 500000 values", Assert.Single(RuleKit.Yaml(bomb).Said()), StringComparison.Ordinal);
        Assert.Contains("is nested deeper than 32", Assert.Single(RuleKit.Yaml(new string('[', 1_000)).Said()), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MacroBombs_HaveAnEnd()
    {
        string macros = "- macro: m0\n  condition: (proc.name=a or proc.name=b)\n"
            + string.Concat(Enumerable.Range(1, 40).Select(n => $"- macro: m{n}\n  condition: (m{n - 1} and m{n - 1})\n"));
        LoadedRules loaded = RuleKit.Yaml($"{macros}{Rule}evt.type=open and m40");
        Assert.Empty(loaded.Set.Rules);
        Assert.Contains(loaded.Said(), line => line.Contains("has more than 100000 parts", StringComparison.Ordinal));
    }
}
