using System.Text;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Rules.Engine;

/// <summary>
/// The text of an alert: <c>%field</c>, <c>%field[argument]</c>, <c>%tolower(field)</c>, <c>%%</c>. A value that is missing is
/// <c>&lt;NA&gt;</c>; a <c>*</c> in front of the first field says so in Falco's rules and is left out.
/// </summary>
internal sealed class OutputTemplate
{
    private const string None = "<NA>";
    private readonly List<Piece> _pieces = [];
    private readonly SourcePosition _position;
    private readonly string _text;
    private readonly Action<FieldInfo> _used;

    private OutputTemplate(string text, SourcePosition position, Action<FieldInfo> used) => (_text, _position, _used) = (text, position, used);

    /// <summary>The fields in it, in order.</summary>
    internal IEnumerable<FieldReader> Fields => _pieces.Where(piece => piece.Field is not null).Select(piece => piece.Field!);

    /// <summary>Reads a template; errors name the column in it, counted from 1.</summary>
    internal static OutputTemplate Parse(string text, SourcePosition position, Action<FieldInfo> used)
    {
        var template = new OutputTemplate(text, position, used);
        template.Parse(text.StartsWith("*%", StringComparison.Ordinal) ? 1 : 0);
        return template;
    }

    /// <summary>Writes the text for an event. Control characters are shown as <c>\xNN</c>, so that it stays one line.</summary>
    internal string Render(in EventView e, FieldScratch s, Utf8Buffer work)
    {
        var output = new StringBuilder();
        foreach (Piece piece in _pieces)
        {
            if (piece.Field is not { } field)
            {
                output.Append(piece.Text);
                continue;
            }

            work.Clear();
            if (ValueText.TryAppend(field, e, s, work))
            {
                AppendSafe(output, Encoding.UTF8.GetString(work.Written));
            }
            else
            {
                output.Append(None);
            }
        }

        return output.ToString();
    }

    private static void AppendSafe(StringBuilder output, string value)
    {
        foreach (char c in value)
        {
            if (char.IsControl(c))
            {
                output.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            }
            else
            {
                output.Append(c);
            }
        }
    }

    private void Parse(int at)
    {
        var literal = new StringBuilder();
        while (at < _text.Length)
        {
            if (_text[at] != '%')
            {
                literal.Append(_text[at++]);
            }
            else if (at + 1 < _text.Length && _text[at + 1] == '%')
            {
                literal.Append('%');
                at += 2;
            }
            else
            {
                Flush(literal);
                int start = at++;
                Operand operand = ParseOperand(ref at, start);
                _pieces.Add(new Piece(null, Bind(operand, start)));
            }
        }

        Flush(literal);
    }

    private void Flush(StringBuilder literal)
    {
        if (literal.Length > 0)
        {
            _pieces.Add(new Piece(literal.ToString(), null));
            literal.Clear();
        }
    }

    private FieldReader Bind(Operand operand, int column)
    {
        try
        {
            return OperandReaders.Bind(operand, _used);
        }
        catch (RuleException e)
        {
            throw Wrong(column, e.Message);
        }
    }

    private Operand ParseOperand(ref int at, int column)
    {
        int start = at;
        while (at < _text.Length && (char.IsAsciiLetterOrDigit(_text[at]) || _text[at] is '.' or '_'))
        {
            at++;
        }

        string name = _text[start..at];
        if (at < _text.Length && _text[at] == '(' && OperandReaders.Functions.Contains(name))
        {
            at++;
            return ParseArguments(name, ref at, column);
        }

        while (FieldCatalog.Find(name) is null or { Unobservable: not null } && name.LastIndexOf('.') is > 0 and var dot && IsEnd(name, dot))
        {
            name = name[..dot];
        }

        at = start + name.Length;
        if (name.Length == 0)
        {
            throw Wrong(column, "a field must follow %; %% is a percent sign");
        }

        return new FieldOperand(name, ParseBrackets(ref at, column), _position);
    }

    /// <summary>A dot that ends a sentence belongs to no field; one in front of a word that makes no field does neither.</summary>
    private static bool IsEnd(string name, int dot) => dot == name.Length - 1 || (FieldCatalog.Find(name) is null && FieldCatalog.Find(name[..dot]) is not null);

    private string? ParseBrackets(ref int at, int column)
    {
        if (at >= _text.Length || _text[at] != '[')
        {
            return null;
        }

        int end = _text.IndexOf(']', at);
        if (end < 0)
        {
            throw Wrong(column, "'[' is not closed");
        }

        string argument = _text[(at + 1)..end];
        at = end + 1;
        return argument;
    }

    private TransformOperand ParseArguments(string function, ref int at, int column)
    {
        List<Operand> arguments = [];
        while (true)
        {
            SkipBlanks(ref at);
            if (at < _text.Length && _text[at] is '"' or '\'')
            {
                arguments.Add(ParseQuoted(ref at, column));
            }
            else
            {
                at += at < _text.Length && _text[at] == '%' ? 1 : 0;
                arguments.Add(ParseOperand(ref at, column));
            }

            SkipBlanks(ref at);
            if (at >= _text.Length || _text[at] is not (',' or ')'))
            {
                throw Wrong(column, $"'{function}(' is not closed");
            }

            if (_text[at++] == ')')
            {
                return new TransformOperand(function, [.. arguments], _position);
            }
        }
    }

    private LiteralOperand ParseQuoted(ref int at, int column)
    {
        int end = _text.IndexOf(_text[at], at + 1);
        if (end < 0)
        {
            throw Wrong(column, "a quote is not closed");
        }

        string text = _text[(at + 1)..end];
        at = end + 1;
        return new LiteralOperand(text, _position);
    }

    private void SkipBlanks(ref int at)
    {
        while (at < _text.Length && _text[at] == ' ')
        {
            at++;
        }
    }

    private RuleException Wrong(int column, string message) => new(_position, $"output, column {column + 1}: {message}");

    private readonly record struct Piece(string? Text, FieldReader? Field);
}
