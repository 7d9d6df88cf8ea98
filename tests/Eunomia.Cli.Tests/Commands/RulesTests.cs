using System.Text.Json;
using Eunomia.Controller.Rules;
using Eunomia.Core.Rules;

namespace Eunomia.Cli.Tests.Commands;

public sealed class RulesTests : IDisposable
{
    private const string Rules =
        """
        [[macro]]
        name = "spawned"
        condition = "evt.type in (execve, execveat)"
        [[rule]]
        name = "Shell started"
        description = "A shell."
        condition = "spawned and proc.name in (sh, bash)"
        output = "%proc.name"
        priority = "warning"
        tags = ["shell", "T1059"]
        fix = "Stop it."
        actions = ["kill"]
        [[rule]]
        name = "Other"
        description = "d"
        condition = "evt.type = open and fd.name = /x"
        output = "o"
        priority = "debug"
        tags = ["files"]
        enabled = false
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("eunomia-rules").FullName;
    private readonly CommandFixture _cli = new();

    public void Dispose()
    {
        _cli.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void List_Rules_HasALineForEach()
    {
        Assert.Equal(ExitCodes.Success, _cli.Run("rules", "list", "--rules", Write("r.toml", Rules)));
        Assert.Equal(
            [
                "PRIORITY       ENABLED  RULE           TAGS",
                "warning        yes      Shell started  shell T1059",
                "debug          no       Other          files",
            ],
            _cli.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("--tag", "files", "Other")]
    [InlineData("--priority", "Info", "Shell started")]
    public void List_Selected_HasOnlyThose(string option, string value, string name)
    {
        Assert.Equal(ExitCodes.Success, _cli.Run("rules", "list", "--rules", Write("r.toml", Rules), option, value, "--fmt", "json"));
        using JsonDocument rule = JsonDocument.Parse(Assert.Single(_cli.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(name, rule.RootElement.GetProperty("name").GetString());
    }

    [Fact]
    public void List_WithoutRules_HasThoseThatAreBuiltIn()
    {
        RuleSet builtIn = new RuleLoader().AddDefaults().Load().Set;
        Assert.NotEmpty(builtIn.Rules);
        string[] names = [.. builtIn.Rules.Select(rule => rule.Name), .. builtIn.Sequences.Select(sequence => sequence.Rule.Name)];

        Assert.Equal(ExitCodes.Success, _cli.Run("rules", "list", "--fmt", "json"));
        string[] listed = [.. _cli.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(NameOf)];
        Assert.Equal(names.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void List_WhatCannotBeUsed_IsSaidAndTheRestListed()
    {
        string file = Write("r.toml", Rules + "\n[[rule]]\nname = \"Wrong\"\ncondition = \"evt.typ = x\"\n");
        Assert.Equal(ExitCodes.Failure, _cli.Run("rules", "list", "--rules", file));
        Assert.Equal($"{file}:23:14: error: rule 'Wrong': there is no field 'evt.typ', did you mean 'evt.type'?", _cli.Complaint());
        Assert.Contains("Shell started", _cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_FilesOfADirectory_AreReadInTheOrderOfTheirNames()
    {
        Write("20.yaml", "- rule: Other\n  enabled: true\n- list: unused\n  items: []\n");
        Write("10.toml", Rules);
        Write("30.txt", "nothing");
        Assert.Equal(ExitCodes.Success, _cli.Run("rules", "check", _directory));
        Assert.Equal(
            [$"{_directory}/20.yaml:3:3: info: list 'unused': is not used", "2 files: 2 rules to use; 0 errors, 0 warnings, 1 note"],
            _cli.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("condition = \"proc.name = x\"", false, ExitCodes.Success)]
    [InlineData("condition = \"proc.name = x\"", true, ExitCodes.Failure)]
    [InlineData("condition = \"proc.name\"", false, ExitCodes.Failure)]
    public void Check_ExitStatus_SaysWhetherThereAreErrors(string condition, bool strict, int status)
    {
        string file = Write("r.toml", $"[[rule]]\nname = \"R\"\n{condition}\n");
        Assert.Equal(status, _cli.Run(strict ? ["rules", "check", file, "--strict"] : ["rules", "check", file]));
    }

    [Fact]
    public void Check_NoSuchFile_IsAnError()
    {
        Assert.Equal(ExitCodes.Failure, _cli.Run("rules", "check", "/no/such.toml"));
        Assert.StartsWith("/no/such.toml: error: cannot be read: ", _cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_Rule_SaysEverything()
    {
        string file = Write("r.toml", Rules);
        Assert.Equal(ExitCodes.Success, _cli.Run("rules", "explain", "shell started", "--rules", file));
        string[] lines = [.. _cli.Out.Split('\n').Select(line => line.TrimEnd())];
        foreach (string line in (string[])
        [
            "Shell started", "A shell.", "priority:   warning", "tags:       shell T1059", "actions:    kill", $"defined at: {file}:4:1", "fix:        Stop it.",
            "events:     execve execveat", "fires when", "    evt.type in (execve, execveat)", "    and proc.name in (sh, bash)",
        ])
        {
            Assert.Contains(line, lines);
        }
    }

    [Fact]
    public void Explain_NoSuchRule_SaysWhatMayBeMeant()
    {
        Assert.Equal(ExitCodes.Failure, _cli.Run("rules", "explain", "Shel started", "--rules", Write("r.toml", Rules)));
        Assert.Equal("there is no rule 'Shel started', did you mean 'Shell started'?; see 'eunomiactl rules list'", _cli.Complaint());
    }

    [Fact]
    public void Convert_Yaml_IsWrittenAsToml()
    {
        string target = Path.Combine(_directory, "out.toml");
        string source = Write("r.yaml", "- list: l\n  items: [a]\n- rule: R\n  desc: d\n  condition: evt.type=open and proc.name in (l)\n  output: o\n  priority: INFO\n");
        Assert.Equal(ExitCodes.Success, _cli.Run("rules", "convert", source, "-o", target));
        Assert.Equal(
            "[[list]]\nname = \"l\"\nitems = [\"a\"]\n\n[[rule]]\nname = \"R\"\ndescription = \"d\"\ncondition = \"evt.type=open and proc.name in (l)\"\noutput = \"o\"\npriority = \"informational\"\n",
            File.ReadAllText(target));
    }

    [Fact]
    public void Convert_WhatCannotBeRead_WritesNothing()
    {
        Assert.Equal(ExitCodes.Failure, _cli.Run("rules", "convert", Write("r.yaml", "- rule: R\n")));
        Assert.Equal("", _cli.Out);
        Assert.EndsWith("error: rule 'R': condition is missing", _cli.ErrorLines[0], StringComparison.Ordinal);
    }

    private static string NameOf(string line)
    {
        using JsonDocument rule = JsonDocument.Parse(line);
        return rule.RootElement.GetProperty("name").GetString() ?? "";
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}
