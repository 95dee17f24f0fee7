using Tarn.Sql.Tree;

namespace Tarn.Sql.Parsing;

/// <summary>Windows: what stands behind OVER and in the WINDOW clause.</summary>
internal sealed class WindowParser(Grammar grammar)
{
    private readonly TokenStream tokens = grammar.Tokens;

    public WindowDefinition Definition()
    {
        var name = tokens.Identifier();
        tokens.Expect("AS");
        return new WindowDefinition(name.Position, name, Specification());
    }

    /// <summary><c>(base PARTITION BY ... ORDER BY ... frame)</c></summary>
    public WindowSpecification Specification()
    {
        var position = tokens.Expect("(").Position;
        var hasBase = tokens.IsIdentifier() && !(tokens.Current.Word is "PARTITION" && tokens.PeekIs(1, "BY")) && !IsFrameStart();
        var @base = hasBase ? tokens.Identifier() : null;
        NodeList<Expression> partition = [];
        if (tokens.Accept("PARTITION"))
        {
            tokens.Expect("BY");
            partition = tokens.CommaList(grammar.Expressions.Expression);
        }

        var order = tokens.Is("ORDER") ? grammar.Queries.OrderBy() : [];
        var frame = Frame();
        tokens.Expect(")");
        return new WindowSpecification(position, @base, partition, order, frame);
    }

    private bool IsFrameStart() => tokens.Current.Word is "ROWS" or "RANGE" or "GROUPS" && !tokens.PeekIs(1, ")");

    private WindowFrame? Frame()
    {
        foreach (var unit in Enum.GetValues<FrameUnit>())
        {
            var position = tokens.Position;
            if (!tokens.Accept(unit.ToString().ToUpperInvariant()))
            {
                continue;
            }

            if (!tokens.Accept("BETWEEN"))
            {
                return new WindowFrame(position, unit, Bound(), null);
            }

            var start = Bound();
            tokens.Expect("AND");
            return new WindowFrame(position, unit, start, Bound());
        }

        return null;
    }

    private FrameBound Bound()
    {
        var position = tokens.Position;
        if (tokens.Is("UNBOUNDED", "PRECEDING") || tokens.Is("UNBOUNDED", "FOLLOWING"))
        {
            tokens.Advance();
            return new FrameBound(position, tokens.Advance().Word == "PRECEDING" ? FrameBoundKind.UnboundedPreceding : FrameBoundKind.UnboundedFollowing, null);
        }

        if (tokens.Accept("CURRENT", "ROW"))
        {
            return new FrameBound(position, FrameBoundKind.CurrentRow, null);
        }

        var distance = grammar.Expressions.Expression();
        if (tokens.Accept("PRECEDING"))
        {
            return new FrameBound(position, FrameBoundKind.Preceding, distance);
        }

        tokens.Expect("FOLLOWING");
        return new FrameBound(position, FrameBoundKind.Following, distance);
    }
}
