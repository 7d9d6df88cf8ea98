using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Rules.Engine;

/// <summary>Values of fields as they stand in an output.</summary>
internal static class ValueText
{
    /// <summary>Appends a field's value, several with a separator in between; false when there is none.</summary>
    internal static bool TryAppend(FieldReader reader, in EventView e, FieldScratch s, Utf8Buffer to, FieldReader? separator = null)
    {
        if (!reader.Kinds.Contains(e.Kind))
        {
            return false;
        }

        if (reader.Shape == ValueShape.Number)
        {
            return reader.Numbers is { } numbers ? AppendNumbers(reader, numbers, e, s, to) : AppendNumber(reader, e, s, to);
        }

        if (reader.Texts is { } texts)
        {
            return AppendTexts(reader, texts, e, s, to, separator);
        }

        ReadOnlySpan<byte> text = reader.Text!(e, s);
        AppendText(reader, text, to);
        return !FieldReader.IsMissing(text);
    }

    private static void AppendText(FieldReader reader, ReadOnlySpan<byte> text, Utf8Buffer to)
    {
        if (reader.Shape == ValueShape.Address && !text.IsEmpty)
        {
            to.AppendAddress(text);
        }
        else
        {
            to.Append(text);
        }
    }

    private static bool AppendNumber(FieldReader reader, in EventView e, FieldScratch s, Utf8Buffer to)
    {
        if (!reader.Number!(e, s, out long value))
        {
            return false;
        }

        if (reader.Type == FieldType.Boolean)
        {
            to.Append(value != 0 ? "true"u8 : "false"u8);
        }
        else
        {
            to.AppendSigned(value);
        }

        return true;
    }

    private static bool AppendNumbers(FieldReader reader, NumberAt numbers, in EventView e, FieldScratch s, Utf8Buffer to)
    {
        int i = 0;
        for (; numbers(e, s, i, out long value); i++)
        {
            to.Append(i == 0 ? default : ","u8);
            to.AppendSigned(value);
        }

        return i > 0;
    }

    private static bool AppendTexts(FieldReader reader, TextAt texts, in EventView e, FieldScratch s, Utf8Buffer to, FieldReader? separator)
    {
        bool hasAny = false;
        for (int i = 0; ; i++)
        {
            ReadOnlySpan<byte> text = texts(e, s, i, out bool end);
            if (end)
            {
                return hasAny;
            }

            if (FieldReader.IsMissing(text))
            {
                continue;
            }

            if (hasAny)
            {
                to.Append(separator is null ? ","u8 : separator.Text!(e, s));
            }

            AppendText(reader, text, to);
            hasAny = true;
        }
    }
}
