using Eunomia.Controller.Rules;
using Eunomia.Controller.Rules.Language;
using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Controller.Tests.Rules;

public sealed class ConditionParserTests
{
    [Theory]
    [InlineData("a or b and not c", "a or b and not c")]
    [InlineData("(a or b) and (c)", "(a or b) and c")]
    [InlineData("(a and (b and c))", "a and b and c")]
    [InlineData("not not a", "a")]
    [InlineData("not(a or b)and(c)or(d)", "not (a or b) and c or d")]
    [InlineData("not (not a)", "not (not a)")]
    [InlineData("order or android", "order or android")]
    [InlineData("fd.num>=0 and proc.name!=\"sshd\"", "fd.num >= 0 and proc.name != sshd")]
    [InlineData("fd.num=-1", "fd.num = -1")]
    [InlineData("proc.name==a", "proc.name = a")]
    [InlineData("proc.aname[2]=chef-client or proc.aname[1] startswith google", "proc.aname[2] = chef-client or proc.aname[1] startswith google")]
    [InlineData("proc.env['a b']=x", "proc.env[\"a b\"] = x")]
    [InlineData("container.mount.dest[/proc*] != 'N/A'", "container.mount.dest[/proc*] != N/A")]
    [InlineData("evt.type in(a,b)", "evt.type in (a, b)")]
    [InlineData("evt.type in ( )", "evt.type in ()")]
    [InlineData("evt.type in shells", "evt.type in (shells)")]
    [InlineData("proc.name in (runc:[0:PARENT], \"<NA>\", 0x1f, ::1/64)", "proc.name in (runc:[0:PARENT], \"<NA>\", 0x1f, ::1/64)")]
    [InlineData("fd.name pmatch (/etc, '/a b')", "fd.name pmatch (/etc, \"/a b\")")]
    [InlineData("fd.types[n] intersects (file)", "fd.types[n] intersects (file)")]
    [InlineData("proc.pname exists and not proc.aname[2] exists", "proc.pname exists and not proc.aname[2] exists")]
    [InlineData("fd.name glob '/home/*/.ssh/*'", "fd.name glob /home/*/.ssh/*")]
    [InlineData("proc.args bcontains 7f454c46", "proc.args bcontains 7f454c46")]
    [InlineData("tolower(proc.name) = b64( proc.env[X] )", "tolower(proc.name) = b64(proc.env[X])")]
    [InlineData("proc.name = val(proc.pname)", "proc.name = val(proc.pname)")]
    [InlineData("len(concat(proc.name, \"-\", basename(proc.exepath))) > 12", "len(concat(proc.name, \"-\", basename(proc.exepath))) > 12")]
    [InlineData("join(',', (proc.name, 1)) = x", "join(\",\", (proc.name, 1)) = x")]
    [InlineData("getopt(proc.args, \"c:\")[c] exists", "getopt(proc.args, \"c:\")[c] exists")]
    [InlineData("fd.name startswith oneof (/a, /b)", "fd.name startswith oneof (/a, /b)")]
    [InlineData("fd.name = anyof names", "fd.name = anyof (names)")]
    [InlineData("fd.name = anyof and a", "fd.name = \"anyof\" and a")]
    [InlineData("fd.name = allof", "fd.name = \"allof\"")]
    [InlineData("proc.aname in val(proc.pname)", "proc.aname in val(proc.pname)")]
    [InlineData("a\n\t or\r\nb", "a or b")]
    public void Parse_WhatIsRight_IsPrintedAsShortAsPossible(string text, string printed) =>
        Assert.Equal(printed, ConditionPrinter.Print(Parse(text)));

    [Theory]
    [InlineData("\"a\\\"b\"", "a\"b")]
    [InlineData("'it\\'s'", "it's")]
    [InlineData("\"\\t\\n\\\\\\/\"", "\t\n\\/")]
    [InlineData("\"\\x41\\xc3\\xbc\"", "A\u00fc")]
    [InlineData("\"a\\ b\"", "a\\b")]
    [InlineData("'a\"b'", "a\"b")]
    public void Parse_Quotes_AreTakenAwayWithTheirEscapes(string quoted, string text)
    {
        var comparison = (Comparison)Parse($"proc.name = {quoted}");
        Assert.Equal(new LiteralOperand(text, default), comparison.Right[0]);
    }

    [Fact]
    public void Parse_Items_MayBeListsOnlyWithoutQuotes()
    {
        var comparison = (Comparison)Parse("proc.name in (shells, \"shells\")");
        Assert.Equal([new ListOperand("shells", default), new LiteralOperand("shells", default)], comparison.Right);
    }

    [Theory]
    [InlineData("", 1, "found the end where a field, a macro, 'not' or '(' should be")]
    [InlineData("a and", 6, "found the end where a field, a macro, 'not' or '(' should be")]
    [InlineData("a && b", 3, "found '&&' where 'and' or 'or' should be, write 'and'")]
    [InlineData("a AND b", 3, "found 'AND' where 'and' or 'or' should be, write 'and'")]
    [InlineData("a andd b", 3, "found 'andd' where 'and' or 'or' should be, did you mean 'and'?")]
    [InlineData("(a or b", 8, "found the end where 'and', 'or' or ')' should be")]
    [InlineData("a)", 2, "found ')' where 'and' or 'or' should be")]
    [InlineData("proc.name startwith x", 11, "'startwith' is no operator, did you mean 'startswith'?; allowed: =")]
    [InlineData("proc.name like x", 11, "'like' is no operator, write 'glob'; allowed: =")]
    [InlineData("proc.name", 10, "found the end where an operator (= !=")]
    [InlineData("proc.name =", 12, "found the end where a value, in quotes if it has blanks, should be")]
    [InlineData("proc.name = a b", 15, "found 'b' where 'and' or 'or' should be")]
    [InlineData("proc.name = a=b", 14, "found '=' where 'and' or 'or' should be")]
    [InlineData("proc.name in x.y", 15, "found '.y' where 'and' or 'or' should be")]
    [InlineData("proc.name in /x", 14, "found '/x' where a list of values in parentheses should be")]
    [InlineData("proc.name in (a,)", 17, "found ')' where a value should be")]
    [InlineData("proc.name in (a b)", 17, "found 'b' where ',' or ')' should be")]
    [InlineData("proc.name = \"x", 13, "the text that begins here has no end; put a \" behind it")]
    [InlineData("proc.name = \"\\q\"", 14, "there is no escape '\\q'; allowed:")]
    [InlineData("proc.name = \"\\xff\"", 14, "these bytes are no UTF-8 text; compare bytes with bcontains")]
    [InlineData("proc.name = '\\\"'", 14, "\\\" is not possible between ' and '; write \" alone")]
    [InlineData("procname = x", 10, "found '=' where 'and' or 'or' should be; 'procname' is no field, fields have a dot, did you mean 'proc.name'?")]
    [InlineData("tolwer(proc.name) = x", 1, "there is no function 'tolwer', did you mean 'tolower'?; allowed: b64")]
    [InlineData("tolower() = x", 1, "tolower() wants 1 argument, not 0")]
    [InlineData("concat(proc.name) = x", 1, "concat() wants 2 to 64 arguments, not 1")]
    [InlineData("tolower(proc.name)[1] = x", 1, "only getopt() may have [1] behind it")]
    [InlineData("val(proc.name) = x", 15, "val() stands on the right only; write proc.name")]
    [InlineData("proc.env[a b] = x", 12, "found 'b]' where ']' behind a field's argument should be")]
    [InlineData("proc.env[] = x", 1, "")]
    public void Parse_WhatIsWrong_SaysWhereAndWhatWouldBeRight(string text, int column, string message)
    {
        bool isRight = ConditionParser.TryParse(SourceText.Plain(text, "r"), out _, out ConditionError? error);
        if (message.Length == 0)
        {
            Assert.True(isRight); // an argument may be empty
            return;
        }
        Assert.False(isRight);
        Assert.StartsWith(message, error!.Message, StringComparison.Ordinal);
        Assert.Equal(("r", 1, column), (error.Position.File, error.Position.Line, error.Position.Column));
    }

    [Fact]
    public void Parse_Nesting_HasAnEnd()
    {
        Assert.NotNull(Parse(new string('(', 90) + "a" + new string(')', 90)));
        Assert.Contains("nested deeper", Error(new string('(', 100_000)), StringComparison.Ordinal);
        Assert.Contains("nested deeper", Error(string.Concat(Enumerable.Repeat("tolower(", 100_000))), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Positions_AreThoseOfLinesAndColumns()
    {
        var all = (Conjunction)Parse("a and\n  proc.name in (x,\n y)");
        var comparison = (Comparison)all.Parts[1];
        Assert.Equal((2, 3), (comparison.Position.Value.Line, comparison.Position.Value.Column));
        Assert.Equal("r:3:2", ((ListOperand)comparison.Right[1]).Position.Value.ToString());
    }

    [Fact]
    public void Print_AnyCondition_IsReadAsTheSame()
    {
        for (int seed = 0; seed < 3_000; seed++)
        {
            Condition condition = new RandomConditions(seed).Next(4);
            string printed = ConditionPrinter.Print(condition);
            Assert.True(condition.Equals(Parse(printed)), $"seed {seed}: {printed}");
        }
    }

    [Fact]
    public void PrintResolved_BreaksLinesAtParts()
    {
        string names = string.Join(", ", Enumerable.Range(0, 20).Select(n => $"name{n}"));
        Condition condition = Parse($"evt.type = execve and proc.name in ({names}) and not (proc.pname = a or proc.pname in ({names}))");
        Assert.Equal(
            """
            evt.type = execve
            and proc.name in (
                name0, name1, name2, name3, name4, name5, name6, name7, name8, name9, name10, name11, name12,
                name13, name14, name15, name16, name17, name18, name19)
            and not (proc.pname = a
                or proc.pname in (
                    name0, name1, name2, name3, name4, name5, name6, name7, name8, name9, name10, name11,
                    name12, name13, name14, name15, name16, name17, name18, name19))
            """,
            ConditionPrinter.PrintResolved(condition));
    }

    [Theory]
    [InlineData("'\"75-system\"'", "75-system", false)]
    [InlineData("'bash'", "bash", false)]
    [InlineData("bash", "bash", true)]
    [InlineData("a b", "a b", false)]
    [InlineData("\"open", "\"open", false)]
    [InlineData("", "", false)]
    public void ParseItem_SaysWhetherItMayBeAList(string text, string value, bool mayBeList)
    {
        text = text.StartsWith("'\"", StringComparison.Ordinal) ? text.Trim('\'') : text;
        Operand item = ConditionParser.ParseItem(SourceText.Plain(text));
        Assert.Equal(mayBeList ? new ListOperand(value, default) : new LiteralOperand(value, default), item);
    }

    private static Condition Parse(string text)
    {
        Assert.True(ConditionParser.TryParse(SourceText.Plain(text, "r"), out Condition? condition, out ConditionError? error), $"{error}: {text}");
        return condition;
    }

    private static string Error(string text)
    {
        Assert.False(ConditionParser.TryParse(SourceText.Plain(text, "r"), out _, out ConditionError? error));
        return error.Message;
    }
}
