using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Tests.Rules;

/// <summary>Makes conditions of all fields, operators and functions, with values that are often met.</summary>
internal sealed class RandomConditions(Random random)
{
    private static readonly FieldInfo[] Fields = [.. FieldCatalog.All.Where(field => field.Name is not ("evt.num" or "evt.info"))];

    private static readonly string[] Texts =
    [
        "", "a", "/", "/etc", "/etc/", "/etc/shadow", "/etc/passwd", "shadow", "cat", "bash", "sh", "init", "host", "3f5c00000000", "web-1", "docker",
        "openat", "open", "connect", "execve", "close", "file.open", "tcp.connect", "file", "SUCCESS", "ENOENT", "E", "f", "4", "u", "ipv4", "tcp", "<",
        "O_RDWR|O_CREAT", "O_CREAT", "ptrace", "PTRACE_ATTACH", "CLONE_NEWUSER", "*", "/etc/*", "*sh*", "?at", "/tmp/x.so", "root", "cat /etc/shadow -n",
        "/usr/bin/cat", "/bin/bash", "CAP_CHOWN", "chown", "unlinkat", "SIGKILL", "kill", "www.example.org", "10.0.0.5:43210->1.2.3.4:443",
    ];

    private static readonly string[] Numbers = ["0", "1", "-1", "3", "4", "101", "102", "443", "0x1bb", "43210", "1000000", "1000", "66", "-2", "9223372036854775807"];

    private static readonly string[] Addresses = ["1.2.3.4", "10.0.0.5", "1.2.3.0/24", "10.0.0.0/8", "0.0.0.0/0", "::1", "fe80::/10", "2001:db8::/32", "127.0.0.1"];

    private static readonly ComparisonOperator[] ForText =
    [
        ComparisonOperator.Equal, ComparisonOperator.NotEqual, ComparisonOperator.Contains, ComparisonOperator.IContains, ComparisonOperator.StartsWith,
        ComparisonOperator.EndsWith, ComparisonOperator.Glob, ComparisonOperator.IGlob, ComparisonOperator.In, ComparisonOperator.Intersects, ComparisonOperator.PMatch,
        ComparisonOperator.Less, ComparisonOperator.GreaterOrEqual, ComparisonOperator.Regex, ComparisonOperator.BContains, ComparisonOperator.BStartsWith,
    ];

    private static readonly ComparisonOperator[] ForNumbers =
    [
        ComparisonOperator.Equal, ComparisonOperator.NotEqual, ComparisonOperator.Less, ComparisonOperator.LessOrEqual, ComparisonOperator.Greater,
        ComparisonOperator.GreaterOrEqual, ComparisonOperator.In, ComparisonOperator.Intersects,
    ];

    private static readonly ComparisonOperator[] ForAddresses =
        [ComparisonOperator.Equal, ComparisonOperator.NotEqual, ComparisonOperator.In, ComparisonOperator.Intersects];

    public Condition Next(int depth = 4) => random.Next(depth <= 0 ? 2 : 6) switch
    {
        2 => new Conjunction([.. Several(depth, part => part is not Conjunction)]),
        3 => new Disjunction([.. Several(depth, part => part is not Disjunction)]),
        4 => new Negation(Next(depth - 1)),
        5 when depth < 3 => new Existence(Field(), default),
        _ => Leaf(),
    };

    private IEnumerable<Condition> Several(int depth, Func<Condition, bool> isRight)
    {
        for (int i = random.Next(2, 5); i > 0; i--)
        {
            Condition part = Next(depth - 1);
            yield return isRight(part) ? part : Leaf();
        }
    }

    private FieldOperand Field() => Field(Fields[random.Next(Fields.Length)]);

    private FieldOperand Field(FieldInfo info) => new(info.Name, Argument(info.Argument), default);

    private string? Argument(FieldArgument argument) => argument switch
    {
        FieldArgument.Index => random.Next(4).ToString(System.Globalization.CultureInfo.InvariantCulture),
        FieldArgument.OptionalIndex => random.Next(3) == 0 ? null : random.Next(4).ToString(System.Globalization.CultureInfo.InvariantCulture),
        FieldArgument.Key => random.Next(2) == 0 ? "LD_PRELOAD" : "app",
        FieldArgument.OptionalKey => random.Next(3) == 0 ? null : "LD_PRELOAD",
        _ => null,
    };

    private Comparison Leaf()
    {
        FieldInfo info = random.Next(4) == 0 ? FieldCatalog.Find("evt.type")! : Fields[random.Next(Fields.Length)];
        FieldOperand field = Field(info);
        switch (info.Type)
        {
            case FieldType.Text or FieldType.Path:
                return TextLeaf(field, info);
            case FieldType.Address or FieldType.Network:
                return Compare(field, ForAddresses, Addresses);
            case FieldType.Boolean:
                return Compare(field, [ComparisonOperator.Equal, ComparisonOperator.NotEqual], ["true", "false"]);
            default:
                return Compare(field, ForNumbers, Numbers);
        }
    }

    private Comparison TextLeaf(FieldOperand field, FieldInfo info)
    {
        if (info.Name is "evt.type" or "syscall.type")
        {
            return Compare(field, ForText, Texts);
        }

        Operand left = random.Next(8) switch
        {
            0 => new TransformOperand("tolower", [field], default),
            1 => new TransformOperand("toupper", [field], default),
            2 => new TransformOperand("basename", [field], default),
            3 => new TransformOperand("val", [field], default),
            _ => field,
        };
        if (random.Next(10) == 0)
        {
            return Compare(new TransformOperand("len", [field], default), ForNumbers, Numbers);
        }

        if (random.Next(10) == 0)
        {
            ComparisonOperator[] fitting = [ComparisonOperator.Equal, ComparisonOperator.NotEqual, ComparisonOperator.Contains, ComparisonOperator.StartsWith, ComparisonOperator.EndsWith];
            var other = new TransformOperand("val", [new FieldOperand(random.Next(2) == 0 ? "proc.name" : "fd.name", null, default)], default);
            return new Comparison(left, fitting[random.Next(fitting.Length)], [other], default);
        }

        return Compare(left, ForText, Texts);
    }

    private Comparison Compare(Operand left, ComparisonOperator[] operators, string[] values)
    {
        ComparisonOperator how = operators[random.Next(operators.Length)];
        int count = how >= ComparisonOperator.In ? random.Next(1, 5) : 1;
        return new Comparison(left, how, [.. Enumerable.Range(0, count).Select(_ => (Operand)new LiteralOperand(Value(how, values), default))], default);
    }

    private string Value(ComparisonOperator how, string[] values)
    {
        string value = values[random.Next(values.Length)];
        return how switch
        {
            ComparisonOperator.Regex => System.Text.RegularExpressions.Regex.Escape(value).Replace(@"\*", ".*", StringComparison.Ordinal),
            ComparisonOperator.BContains or ComparisonOperator.BStartsWith => Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(value)),
            _ => value,
        };
    }
}
