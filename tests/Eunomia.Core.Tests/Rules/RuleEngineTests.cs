using Eunomia.Core.Events;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Engine;
using Eunomia.TestKit;
using static Eunomia.Core.Tests.Rules.Build;
using static Eunomia.Core.Tests.Rules.RuleFixture;

namespace Eunomia.Core.Tests.Rules;

public sealed class RuleEngineTests
{
    private static readonly Condition ShadowRead = All(
        In("evt.type", "open", "openat", "openat2"), Eq("evt.is_open_read", "true"), Eq("fd.typechar", "f"),
        Is("fd.num", ComparisonOperator.GreaterOrEqual, "0"), In("fd.name", "/etc/shadow", "/etc/sudoers"),
        Is("container.id", ComparisonOperator.NotEqual, "host"), Not(In("proc.pname", "passwd", "login")));

    [Fact]
    public void OnEvent_ConditionHolds_MakesAlertWithAllThereIsToSay()
    {
        RuleFixture fixture = new RuleFixture(Set(Rule(
            ShadowRead, "*%proc.name read %fd.name (%proc.cmdline, parent %proc.pname, %proc.aname[2]) as %user.name, 100%%", "shadow") with
        {
            Priority = RulePriority.Critical,
            Fix = "look",
            Tags = ["T1003"],
        })).Start();
        fixture.Apply(r => r.FileOpen(Tool, new FileOpenSpec { Raw = "../etc/shadow", Path = "/etc/shadow", FileMode = 0x81a4 }));

        Alert alert = Assert.Single(fixture.Alerts);
        Assert.Equal("cat read /etc/shadow (cat /etc/shadow -n, parent bash, init) as <NA>, 100%", alert.Output);
        Assert.Equal(("shadow", RulePriority.Critical, "look", "file.open", "box"), (alert.Rule, alert.Priority, alert.Fix, alert.Event, alert.Host));
        Assert.Equal(["T1003"], alert.Tags);
        Assert.Equal((102u, 9u, "cat", "/usr/bin/cat", 0u), (alert.Process!.Pid, alert.Process.Vpid!.Value, alert.Process.Name, alert.Process.Exe, alert.Process.Uid!.Value));
        Assert.Equal(["cat", "/etc/shadow", "-n"], alert.Process.Args!);
        Assert.Equal(["bash", "init"], alert.Ancestors.Select(process => process.Name));
        Assert.Equal((Web, "web-1", "shop"), (alert.Container!.Id, alert.Container.Name, alert.Container.Namespace));
        Assert.Equal(7, alert.Id.Version);
        Assert.Equal(alert.TimeUnixNs, alert.LastUnixNs);
        Assert.Contains(new AlertField("fd.num", "3", true), alert.Fields);
        Assert.Contains(new AlertField("evt.is_open_read", "true"), alert.Fields);
        Assert.Contains(new AlertField("proc.aname[2]", "init"), alert.Fields);
        Assert.DoesNotContain(alert.Fields, field => field.Name == "user.name");
        Assert.Equal(alert.Fields.Select(field => field.Name).Order(StringComparer.Ordinal), alert.Fields.Select(field => field.Name));
    }

    [Fact]
    public void OnEvent_NearMisses_FireNothing()
    {
        RuleFixture fixture = new RuleFixture(ShadowRead).Start();
        fixture.Apply(r => r
            .FileOpen(Tool, new FileOpenSpec { Path = "/etc/shadow-", FileMode = 0x81a4 })
            .FileOpen(Tool, new FileOpenSpec { Path = "/etc/shadow", Flags = 1, FileMode = 0x81a4 })
            .FileOpen(Tool, new FileOpenSpec { Raw = "/etc/shadow", Result = -13 })
            .FileOpen(new ProcessSpec(5, 5), new FileOpenSpec { Path = "/etc/shadow", FileMode = 0x81a4 })
            .FileIo(EventKind.FileClose, Tool, new FileIoSpec { Path = "/etc/shadow", FileMode = 0x81a4 }));

        Assert.Empty(fixture.Alerts);
        Assert.Equal(EventKindSet.Of(EventKind.FileOpen), fixture.Compiled.Kinds);
    }

    [Fact]
    public void OnEvent_SeveralRules_AllFire()
    {
        var fixture = new RuleFixture(Set(Rule(Eq("evt.type", "connect"), name: "a"), Rule(Eq("fd.rport", "443"), name: "b"), Rule(Eq("fd.rport", "80"), name: "c")));
        fixture.Apply(r => r.Tcp(EventKind.TcpConnect, new ProcessSpec(5, 5), new TcpSpec()));

        Assert.Equal(["a", "b"], fixture.Alerts.Select(alert => alert.Rule));
    }

    [Fact]
    public void OnEvent_StartOfContainer_FiresOnceForStartAndExec()
    {
        var fixture = new RuleFixture(Any(Eq("evt.type", "container"), All(In("evt.type", "execve"), Eq("proc.vpid", "1"))));
        fixture.Apply(r => r.Mkdir(Key, $"/docker/{Web}").Exec(Init));
        fixture.Apply(r => r.Exec(Init));

        Assert.Equal(["container.start", "process.exec"], fixture.Alerts.Select(alert => alert.Event));
    }

    [Fact]
    public void Rules_SetAnew_HoldFromTheNextEventOn()
    {
        RuleFixture fixture = new RuleFixture(Eq("proc.name", "cat")).Start();
        fixture.Apply(r => r.FileOpen(Tool, new FileOpenSpec { Path = "/a" }));
        fixture.Engine.Rules = RuleCompiler.Compile(Set(Rule(Eq("fd.name", "/b"), name: "other")));
        fixture.Apply(r => r.FileOpen(Tool, new FileOpenSpec { Path = "/a" }).FileOpen(Tool, new FileOpenSpec { Path = "/b" }));

        Assert.Equal(["rule", "other"], fixture.Alerts.Select(alert => alert.Rule));
    }

    [Theory]
    [InlineData("proc.nmae", "unknown field 'proc.nmae'")]
    [InlineData("proc.name[1]", "'proc.name' takes nothing in brackets")]
    [InlineData("proc.aname[x]", "'proc.aname' takes a number from 0 in brackets, not 'x'")]
    [InlineData("k8s.pod.label", "'k8s.pod.label' needs a name in brackets")]
    [InlineData("proc.pid", "'sh' is not a number, which 'proc.pid' is compared with")]
    [InlineData("fd.sip", "'sh' is not an address or a network like 10.0.0.0/8, which 'fd.sip' is compared with")]
    [InlineData("evt.is_open_read", "'sh' is not true or false, which 'evt.is_open_read' is compared with")]
    public void Compile_WrongRule_IsLeftOutAndTold(string field, string message)
    {
        CompiledRules rules = RuleCompiler.Compile(Set(Rule(Eq(field, "sh"), name: "bad"), Rule(Eq("proc.name", "sh"), name: "good")));

        Assert.Equal(["good"], rules.Rules);
        Assert.Equal(message, Assert.Single(rules.Problems, problem => problem.IsError).Message);
    }

    [Fact]
    public void Compile_OperatorThatDoesNotFit_IsTold()
    {
        CompiledRules rules = RuleCompiler.Compile(Set(Rule(Is("proc.pid", ComparisonOperator.StartsWith, "1"))));

        Assert.Equal("'startswith' does not fit 'proc.pid', which is a number: = != < <= > >= in intersects exists do", rules.Problems[0].Message);
    }

    [Theory]
    [InlineData("%proc.nme", "output, column 1: unknown field 'proc.nme'")]
    [InlineData("a %proc.aname[2", "output, column 3: '[' is not closed")]
    [InlineData("50 % of", "output, column 4: a field must follow %; %% is a percent sign")]
    [InlineData("%tolower(proc.name", "output, column 1: 'tolower(' is not closed")]
    public void Compile_WrongOutput_NamesTheColumn(string output, string message)
    {
        CompiledRules rules = RuleCompiler.Compile(Set(Rule(Eq("proc.name", "sh"), output)));

        Assert.Equal(message, Assert.Single(rules.Problems, problem => problem.IsError).Message);
    }

    [Fact]
    public void Compile_UnobservableField_IsToldAndTheRuleLoaded()
    {
        CompiledRules rules = RuleCompiler.Compile(Set(Rule(All(Eq("evt.type", "dup"), Eq("fd.types[0]", "ipv4")))));

        Assert.Equal(["rule"], rules.Rules);
        Assert.Contains(rules.Problems, problem => !problem.IsError && problem.Message.StartsWith("'fd.types' has no value here", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("%toupper(proc.name): %basename(proc.exepath)", "CAT: cat")]
    [InlineData("%len(proc.name) %concat(proc.name, \"-\", proc.pid)", "3 cat-102")]
    [InlineData("%join(\",\", proc.name, proc.pname)", "cat,bash")]
    [InlineData("%proc.name.", "cat.")]
    [InlineData("%proc.name, %proc.aname", "cat, bash,init")]
    [InlineData("%proc.env[LD_PRELOAD] %proc.env[NONE] [%proc.env[EMPTY]]", "/tmp/x.so <NA> []")]
    [InlineData("%evt.type %evt.res %evt.arg.flags %evt.rawarg.flags", "openat SUCCESS O_RDWR|O_CREAT 66")]
    [InlineData("%proc.tty %proc.tty.name %proc.sname %proc.sid", "142606336 pts/0 bash 101")]
    [InlineData("%container.id %container.name %container.image.repository %container.image.tag", "3f5c00000000 web-1 registry:5000/team/web 1.2")]
    [InlineData("%k8s.ns.name/%k8s.pod.name %user.uid %user.loginuid %proc.vpid", "shop/pod-1 0 1000 9")]
    [InlineData("%fd.directory %fd.filename %fd.nameraw %evt.is_open_write", "/etc new.conf ../etc/new.conf true")]
    [InlineData("%thread.cap_effective %proc.is_exe_upper_layer", "CAP_CHOWN CAP_KILL true")]
    [InlineData("%evt.arg.mode", "S_IRUSR|S_ISUID")]
    [InlineData("%proc.acmdline[1] %proc.pcmdline %proc.pexe %proc.pexepath %proc.exe %proc.args", "bash --login bash --login -bash /bin/bash cat /etc/shadow -n")]
    [InlineData("%proc.cwd %proc.exeline", "/root/ cat /etc/shadow -n")]
    [InlineData("%evt.dir %evt.source %evt.category %evt.kind %evt.hostname", "< syscall file file.open box")]
    public void Render_Fields_AreSpelledAsFalcoSpellsThem(string output, string expected)
    {
        RuleFixture fixture = new RuleFixture(Eq("evt.kind", "file.open"), output).Start();
        fixture.Apply(r => r.FileOpen(Tool, new FileOpenSpec { Raw = "../etc/new.conf", Path = "/etc/new.conf", Flags = 0x42, Mode = 0x900, FileMode = 0x81a4 }));

        Assert.Equal(expected, Assert.Single(fixture.Alerts).Output);
    }

    [Theory]
    [InlineData("proc.aname", "make", 1)]
    [InlineData("container.aname", "make", 0)]
    [InlineData("container.aname", "init", 1)]
    public void Evaluate_Ancestors_ThoseOfTheContainerEndAtItsInit(string field, string name, int alerts)
    {
        var host = new ProcessSpec(Init.Ppid, 500) { Comm = "make" };
        var fixture = new RuleFixture(All(Eq("evt.kind", "file.open"), Eq(field, name)));
        fixture.Records.Exec(host, new ExecSpec { Exe = "/usr/bin/make" });
        fixture.Start().Apply(r => r.FileOpen(Tool, new FileOpenSpec { Path = "/etc/shadow" }));

        Assert.Equal(alerts, fixture.Alerts.Count);
    }

    [Fact]
    public void Render_ControlCharacters_AreEscaped()
    {
        var fixture = new RuleFixture(Exists("fd.name"), "%fd.name");
        fixture.Apply(r => r.FileOpen(new ProcessSpec(5, 5), new FileOpenSpec { Path = "/a\n\u001b[2J" }));

        Assert.Equal("/a\\x0a\\x1b[2J", fixture.Alerts[0].Output);
    }

    [Theory]
    [InlineData(EventKind.TcpConnect, TcpDirection.Outbound, "%fd.name %fd.sip %fd.cip %fd.lport %fd.rport %fd.type %fd.l4proto", "10.0.0.5:43210->1.2.3.4:443 1.2.3.4 10.0.0.5 43210 443 ipv4 tcp")]
    [InlineData(EventKind.TcpAccept, TcpDirection.Inbound, "%fd.name %fd.sip %fd.cport %fd.num", "1.2.3.4:443->10.0.0.5:43210 10.0.0.5 443 4")]
    [InlineData(EventKind.TcpListen, TcpDirection.Listening, "%fd.name %fd.sport %fd.rip %evt.type", "10.0.0.5:43210 43210 <NA> listen")]
    public void Render_Connections_NameClientFirst(EventKind kind, TcpDirection direction, string output, string expected)
    {
        var fixture = new RuleFixture(Eq("fd.l4proto", "tcp"), output);
        fixture.Apply(r => r.Tcp(kind, new ProcessSpec(5, 5), new TcpSpec { Direction = direction, Result = kind == EventKind.TcpAccept ? 4 : 0 }));

        Assert.Equal(expected, Assert.Single(fixture.Alerts).Output);
    }

    [Fact]
    public void Render_SecurityAndOthers_HaveTheirArguments()
    {
        var fixture = new RuleFixture(Eq("user.uid", "0"), "%evt.type %evt.args");
        var process = new ProcessSpec(5, 5);
        fixture.Apply(r => r
            .Security(EventKind.SecurityPtrace, process, new SecuritySpec { Call = SecurityCall.Ptrace, Args = [16, 9], TargetPid = 9 })
            .Security(EventKind.SecurityNamespace, process, new SecuritySpec { Call = SecurityCall.Unshare, Flags = 0x10000000 })
            .Security(EventKind.SecurityMount, process, new SecuritySpec { Call = SecurityCall.Mount, Raw = "/mnt", Source = "/dev/sda1", Name = "ext4" })
            .FileChange(EventKind.FileRename, process, new FileChangeSpec { Raw = "/a/../b", NewRaw = "c", NewBase = "/d" })
            .FileChange(EventKind.FileSymlink, process, new FileChangeSpec { Raw = "/l", NewRaw = "/etc/shadow" })
            .Security(EventKind.SecurityCredentials, process, new SecuritySpec { Call = SecurityCall.Setuid, Args = [33] })
            .Dns(EventKind.DnsQuery, process, new DnsSpec { Message = DnsMessages.Query("www.example.org") })
            .Signal(process, new SignalSpec(new ProcessSpec(6, 60)) { Signal = 9, Code = 0 }));

        Assert.Equal(
            [
                "ptrace request=PTRACE_ATTACH pid=9",
                "unshare flags=CLONE_NEWUSER",
                "mount flags= name=/mnt type=ext4 dev=/dev/sda1 dir=/mnt",
                "renameat2 flags= name=/b oldpath=/b newpath=/d/c",
                "symlinkat name=/l target=/etc/shadow",
                "setuid uid=33",
                "dns.query name=www.example.org type=A addr=10.0.0.1:53",
                "kill sig=SIGKILL code=SI_USER pid=6",
            ],
            fixture.Alerts.Select(alert => alert.Output));
    }
}
