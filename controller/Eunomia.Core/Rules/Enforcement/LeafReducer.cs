using System.Globalization;
using System.Net;
using Eunomia.Core.Events;
using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Core.Rules.Enforcement;

/// <summary>What a single comparison asks of the kernel.</summary>
internal static class LeafReducer
{
    private const int TextMax = 255;
    private const int CommMax = 15;
    private const string Host = "host";
    private const string Success = "SUCCESS";

    private static readonly Dictionary<string, EnforceOperation[]> Calls = new(StringComparer.Ordinal)
    {
        ["execve"] = [EnforceOperation.Exec],
        ["execveat"] = [EnforceOperation.Exec],
        ["process.exec"] = [EnforceOperation.Exec],
        ["open"] = [EnforceOperation.OpenRead, EnforceOperation.OpenWrite],
        ["openat"] = [EnforceOperation.OpenRead, EnforceOperation.OpenWrite],
        ["openat2"] = [EnforceOperation.OpenRead, EnforceOperation.OpenWrite],
        ["creat"] = [EnforceOperation.OpenWrite],
        ["file.open"] = [EnforceOperation.OpenRead, EnforceOperation.OpenWrite],
        ["connect"] = [EnforceOperation.Connect],
        ["tcp.connect"] = [EnforceOperation.Connect],
        ["sendto"] = [EnforceOperation.Send],
        ["sendmsg"] = [EnforceOperation.Send],
        ["sendmmsg"] = [EnforceOperation.Send],
        ["bind"] = [EnforceOperation.Bind],
    };

    public static IReadOnlyList<EnforceOperation> AllOperations { get; } =
    [
        EnforceOperation.Exec, EnforceOperation.OpenRead, EnforceOperation.OpenWrite,
        EnforceOperation.Connect, EnforceOperation.Send, EnforceOperation.Bind,
    ];

    /// <summary>The operations that a comparison leaves; null when it is about something else.</summary>
    public static IEnumerable<EnforceOperation>? OperationsOf(Condition leaf, bool negated)
    {
        if (leaf is not Comparison { Left: FieldOperand { Argument: null } field } comparison)
        {
            return null;
        }

        switch (field.Name)
        {
            case "evt.type" or "evt.kind" or "syscall.type":
                IEnumerable<EnforceOperation> named = Values(comparison).SelectMany(name => Calls.GetValueOrDefault(name, []));
                return IsExcluding(comparison, negated) ? throw Unsupported(leaf, negated) : named.Distinct();
            case "evt.is_open_read":
                return [IsTrue(comparison) != negated ? EnforceOperation.OpenRead : throw Unsupported(leaf, negated)];
            case "evt.is_open_write":
                return [IsTrue(comparison) != negated ? EnforceOperation.OpenWrite : throw Unsupported(leaf, negated)];
            default:
                return null;
        }
    }

    /// <summary>The forms that a comparison makes of one.</summary>
    public static IEnumerable<FormBuilder> Apply(FormBuilder form, Condition leaf, bool negated)
    {
        if (leaf is not Comparison { Left: FieldOperand { Argument: null } field } comparison)
        {
            throw Unsupported(leaf, negated);
        }

        return field.Name switch
        {
            "evt.type" or "evt.kind" or "syscall.type" or "evt.is_open_read" or "evt.is_open_write" => [form],
            "evt.dir" or "evt.res" or "evt.rawres" or "evt.failed" => Outcome(form, comparison, negated),
            "container.id" => Containers(form, comparison, negated, ContainerField.Id),
            "container.name" => Containers(form, comparison, negated, ContainerField.Name),
            "container.image" => Containers(form, comparison, negated, ContainerField.Image),
            "proc.exepath" => Texts(form, comparison, negated, TextMax, (f, text) => f.WithExe(text)),
            "proc.name" => Texts(form, comparison, negated, CommMax, (f, text) => f.WithComm(text)),
            "fd.name" or "fs.path.name" when form.IsOpen => Texts(form, comparison, negated, TextMax, (f, text) => f.WithPath(text)),
            "fd.directory" when form.IsOpen => Directories(form, comparison, negated),
            "user.uid" => Numbers(comparison, negated).Select(form.WithUid),
            "fd.rip" or "fd.sip" or "fd.rnet" or "fd.snet" when IsPeer(form) => Networks(form, comparison, negated),
            "fd.lip" or "fd.lnet" when form.Operation == EnforceOperation.Bind => Networks(form, comparison, negated),
            "fd.rport" or "fd.sport" when IsPeer(form) => Ports(form, comparison, negated),
            "fd.lport" when form.Operation == EnforceOperation.Bind => Ports(form, comparison, negated),
            _ => throw Unsupported(leaf, negated),
        };
    }

    private static bool IsPeer(FormBuilder form) => form.Operation is EnforceOperation.Connect or EnforceOperation.Send;

    /// <summary>What is stopped has no outcome yet: a rule that asks for success means what would succeed.</summary>
    private static IEnumerable<FormBuilder> Outcome(FormBuilder form, Comparison comparison, bool negated)
    {
        string name = ((FieldOperand)comparison.Left).Name;
        string value = SingleValue(comparison) ?? throw Unsupported(comparison, negated);
        bool isMet = (name, comparison.Operator, negated) switch
        {
            ("evt.dir", ComparisonOperator.Equal, false) => value == "<",
            ("evt.res", ComparisonOperator.Equal, false) => value == Success,
            ("evt.rawres", ComparisonOperator.GreaterOrEqual, false) => value == "0",
            ("evt.failed", ComparisonOperator.Equal, false) => value == "false",
            _ => false,
        };
        return isMet ? [form] : throw Unsupported(comparison, negated);
    }

    private static IEnumerable<FormBuilder> Containers(FormBuilder form, Comparison comparison, bool negated, ContainerField field)
    {
        bool excludes = IsExcluding(comparison, negated);
        List<string> values = [.. Values(comparison)];
        if (field == ContainerField.Id && values is [Host])
        {
            return excludes ? [form] : throw new ReductionException($"it is about the host ({Text(comparison, negated)}); policies are for containers");
        }

        bool isPrefix = IsPrefix(comparison, negated);
        if (excludes)
        {
            return [values.Aggregate(form, (f, value) => f.With(new ContainerScope(field, value, isPrefix, true)))];
        }

        return values.Select(value => form.With(new ContainerScope(field, value, isPrefix)));
    }

    private static IEnumerable<FormBuilder> Texts(
        FormBuilder form, Comparison comparison, bool negated, int longest, Func<FormBuilder, KernelText, FormBuilder> add)
    {
        if (comparison.Operator == ComparisonOperator.PMatch)
        {
            return Directories(Values(comparison), negated, comparison).Select(text => add(form, text));
        }

        bool isPrefix = IsPrefix(comparison, negated);
        bool excludes = IsExcluding(comparison, negated);
        if (isPrefix && longest == CommMax)
        {
            throw Unsupported(comparison, negated);
        }

        List<string> values = [.. Values(comparison)];
        if (values.Find(value => value.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(value) > longest) is { } wrong)
        {
            throw new ReductionException($"'{wrong}' has not 1 to {longest} bytes ({Text(comparison, negated)})");
        }

        return excludes && values.Count > 1
            ? throw new ReductionException($"the kernel compares with one value that must differ, not several ({Text(comparison, negated)})")
            : values.Select(value => add(form, new KernelText(value, isPrefix, excludes)));
    }

    /// <summary>A path is the directory, or lies in it.</summary>
    private static IEnumerable<KernelText> Directories(IEnumerable<string> paths, bool negated, Comparison comparison) => negated
        ? throw Unsupported(comparison, negated)
        : paths.Select(path => path.TrimEnd('/')).SelectMany<string, KernelText>(path => [new KernelText(path), new KernelText(path + "/", true)]);

    /// <summary>Only that what lies in a directory, below it, too, can be told by the beginning of a path.</summary>
    private static IEnumerable<FormBuilder> Directories(FormBuilder form, Comparison comparison, bool negated) =>
        comparison.Operator == ComparisonOperator.StartsWith && SingleValue(comparison) is { } path
            ? [form.WithPath(new KernelText(path, true, negated))]
            : throw Unsupported(comparison, negated);

    private static IEnumerable<KernelNumber> Numbers(Comparison comparison, bool negated)
    {
        bool excludes = IsExcluding(comparison, negated);
        List<uint> values = [.. Values(comparison).Select(value =>
            uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out uint n) ? n : throw Unsupported(comparison, negated))];
        return excludes && values.Count > 1
            ? throw new ReductionException($"the kernel compares with one value that must differ, not several ({Text(comparison, negated)})")
            : values.Select(value => new KernelNumber(value, excludes));
    }

    private static IEnumerable<FormBuilder> Networks(FormBuilder form, Comparison comparison, bool negated)
    {
        bool excludes = IsExcluding(comparison, negated);
        List<IPNetwork> networks = [.. Values(comparison).Select(value => ParseNetwork(value) ?? throw Unsupported(comparison, negated))];
        return excludes && networks.Count > 1
            ? throw new ReductionException($"the kernel compares with one network that must differ, not several ({Text(comparison, negated)})")
            : networks.Select(network => form.WithNetwork(network, excludes));
    }

    private static IPNetwork? ParseNetwork(string text)
    {
        if (IPNetwork.TryParse(text, out IPNetwork network))
        {
            return network;
        }

        return IPAddress.TryParse(text, out IPAddress? address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : null;
    }

    private static IEnumerable<FormBuilder> Ports(FormBuilder form, Comparison comparison, bool negated)
    {
        List<ushort> values = [.. Values(comparison).Select(value =>
            ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ushort n) ? n : throw Unsupported(comparison, negated))];
        if (values is [ushort bound] && Range(comparison.Operator, bound) is { } range)
        {
            return [form.WithPorts(range.First, range.Last, negated)];
        }

        bool excludes = IsExcluding(comparison, negated);
        return excludes && values.Count > 1
            ? throw new ReductionException($"the kernel compares with one port that must differ, not several ({Text(comparison, negated)})")
            : values.Select(value => form.WithPorts(value, value, excludes));
    }

    private static (ushort First, ushort Last)? Range(ComparisonOperator comparison, ushort bound) => comparison switch
    {
        ComparisonOperator.Less when bound > 0 => (0, (ushort)(bound - 1)),
        ComparisonOperator.LessOrEqual => (0, bound),
        ComparisonOperator.Greater when bound < ushort.MaxValue => ((ushort)(bound + 1), ushort.MaxValue),
        ComparisonOperator.GreaterOrEqual => (bound, ushort.MaxValue),
        _ => null,
    };

    private static bool IsPrefix(Comparison comparison, bool negated) => comparison.Operator switch
    {
        ComparisonOperator.StartsWith => true,
        ComparisonOperator.Equal or ComparisonOperator.NotEqual or ComparisonOperator.In or ComparisonOperator.Intersects => false,
        _ => throw Unsupported(comparison, negated),
    };

    /// <summary>Whether the values are those that must not be.</summary>
    private static bool IsExcluding(Comparison comparison, bool negated) => comparison.Operator switch
    {
        ComparisonOperator.Equal or ComparisonOperator.In or ComparisonOperator.Intersects or ComparisonOperator.StartsWith => negated,
        ComparisonOperator.NotEqual => !negated,
        _ => throw Unsupported(comparison, negated),
    };

    private static bool IsTrue(Comparison comparison) =>
        comparison.Operator == ComparisonOperator.Equal && SingleValue(comparison) == "true"
            ? true
            : comparison.Operator == ComparisonOperator.Equal && SingleValue(comparison) == "false" ? false : throw Unsupported(comparison, false);

    private static string? SingleValue(Comparison comparison) =>
        comparison.Right is [LiteralOperand literal] ? literal.Text : null;

    private static IEnumerable<string> Values(Comparison comparison) => comparison.Right.Select(operand =>
        operand is LiteralOperand literal ? literal.Text : throw Unsupported(comparison, false));

    private static ReductionException Unsupported(Condition leaf, bool negated) =>
        new($"the kernel cannot decide '{Text(leaf, negated)}'");

    /// <summary>Short, for a message: the whole condition stands in the rule.</summary>
    private static string Text(Condition leaf, bool negated)
    {
        string text = leaf switch
        {
            Comparison comparison => $"{Text(comparison.Left)} {Word(comparison.Operator)} {string.Join(", ", comparison.Right.Select(Text))}",
            Existence existence => $"{Text(existence.Left)} exists",
            _ => "?",
        };
        return negated ? $"not {text}" : text;
    }

    private static string Word(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Equal => "=",
        ComparisonOperator.NotEqual => "!=",
        ComparisonOperator.Less => "<",
        ComparisonOperator.LessOrEqual => "<=",
        ComparisonOperator.Greater => ">",
        ComparisonOperator.GreaterOrEqual => ">=",
        _ => comparison.ToString().ToLowerInvariant(),
    };

    private static string Text(Operand operand) => operand switch
    {
        FieldOperand { Argument: null } field => field.Name,
        FieldOperand field => $"{field.Name}[{field.Argument}]",
        TransformOperand transform => $"{transform.Function}({string.Join(", ", transform.Arguments.Select(Text))})",
        LiteralOperand literal => literal.Text,
        _ => "?",
    };
}
