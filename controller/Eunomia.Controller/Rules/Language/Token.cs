using Parlot;
using Parlot.Fluent;

namespace Eunomia.Controller.Rules.Language;

/// <summary>A token and where it begins.</summary>
internal readonly record struct Located<T>(T Value, int Offset);

/// <summary>Reads one token behind any blanks, or nothing.</summary>
/// <param name="read">Leaves the place alone or not when there is none; it is gone back to.</param>
/// <param name="isAttached">Whether no blank may stand before it.</param>
internal sealed class Token<T>(Func<ConditionContext, T?> read, bool isAttached = false) : Parser<Located<T>>
    where T : class
{
    public override bool Parse(ParseContext context, ref ParseResult<Located<T>> result)
    {
        var conditions = ConditionContext.Of(context);
        TextPosition begin = context.Scanner.Cursor.Position;
        if (!isAttached)
        {
            conditions.SkipBlanks();
        }
        int offset = conditions.Offset;
        if (read(conditions) is not { } token)
        {
            context.Scanner.Cursor.ResetPosition(begin);
            return false;
        }
        result.Set(offset, conditions.Offset, new Located<T>(token, offset));
        return true;
    }
}

/// <summary>What must be there: else it says what stands there.</summary>
internal sealed class Expected<T>(Parser<T> parser, string what) : Parser<T>
{
    public override bool Parse(ParseContext context, ref ParseResult<T> result)
    {
        if (!parser.Parse(context, ref result))
        {
            ConditionContext.Of(context).FailExpecting(what);
        }
        return true;
    }
}

/// <summary>What may be there; else nothing, which is the type's default.</summary>
internal sealed class Maybe<T>(Parser<T> parser) : Parser<T>
    where T : struct
{
    public override bool Parse(ParseContext context, ref ParseResult<T> result)
    {
        if (!parser.Parse(context, ref result))
        {
            int offset = ConditionContext.Of(context).Offset;
            result.Set(offset, offset, default);
        }
        return true;
    }
}

/// <summary>What may contain itself, so deep and no deeper.</summary>
internal sealed class Nested<T>(Parser<T> parser) : Parser<T>
{
    public override bool Parse(ParseContext context, ref ParseResult<T> result)
    {
        var conditions = ConditionContext.Of(context);
        conditions.Enter();
        bool isThere = parser.Parse(context, ref result);
        conditions.Leave();
        return isThere;
    }
}

/// <summary>What the grammar is written with.</summary>
internal static class TokenExtensions
{
    public static Parser<T> Expect<T>(this Parser<T> parser, string what) => new Expected<T>(parser, what);
}
