using Tarn.Sql.Lexing;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Parsing;

/// <summary>Types as they stand in CAST and in column definitions.</summary>
internal sealed class TypeNameParser(TokenStream tokens)
{
    public TypeName Type()
    {
        tokens.Enter();
        var type = BaseType();
        while (tokens.Is("ARRAY"))
        {
            var position = tokens.Advance().Position;
            if (tokens.Accept("["))
            {
                tokens.Integer();
                tokens.Expect("]");
            }

            type = new GenericTypeName(position, "array", [type]);
        }

        tokens.Leave();
        return type;
    }

    private TypeName BaseType()
    {
        var position = tokens.Position;
        switch (tokens.Current.Word)
        {
            case "ROW" when tokens.PeekIs(1, "("):
                tokens.Advance();
                return Row(position);
            case "TIME" or "TIMESTAMP":
                return DateTime(position);
            case "INTERVAL" when tokens.Peek(1).Word is "YEAR" or "MONTH" or "DAY" or "HOUR" or "MINUTE" or "SECOND":
                tokens.Advance();
                var from = IntervalFieldName();
                return new IntervalTypeName(position, from, tokens.Accept("TO") ? IntervalFieldName() : from);
            case "DOUBLE" when tokens.PeekIs(1, "PRECISION"):
                tokens.Advance();
                tokens.Advance();
                return new GenericTypeName(position, "double", []);
            case "ARRAY" or "MAP" when tokens.PeekIs(1, "<"):
                var name = tokens.Advance().Text.ToLowerInvariant();
                tokens.Advance();
                var inner = tokens.CommaList(Type);
                tokens.Expect(">");
                return new GenericTypeName(position, name, inner);
            case "DATE" or "ARRAY" or "MAP":
                return Generic(position, tokens.Advance().Text.ToLowerInvariant());
        }

        if (!tokens.IsIdentifier())
        {
            throw tokens.Unexpected("<type>");
        }

        return Generic(position, tokens.Identifier().Folded);
    }

    private GenericTypeName Generic(SourcePosition position, string name)
    {
        if (!tokens.Accept("("))
        {
            return new GenericTypeName(position, name, []);
        }

        var arguments = tokens.CommaList(Argument);
        tokens.Expect(")");
        return new GenericTypeName(position, name, arguments);
    }

    private TypeName Argument()
    {
        if (tokens.Current.Kind != TokenKind.Integer)
        {
            return Type();
        }

        var position = tokens.Position;
        return new NumberTypeArgument(position, tokens.Integer());
    }

    private DateTimeTypeName DateTime(SourcePosition position)
    {
        var name = tokens.Advance().Text.ToLowerInvariant();
        int? precision = null;
        if (tokens.Accept("("))
        {
            precision = (int)Math.Min(tokens.Integer(), int.MaxValue);
            tokens.Expect(")");
        }

        var withZone = false;
        if (tokens.Is("WITH", "TIME") || tokens.Is("WITHOUT", "TIME"))
        {
            withZone = tokens.Advance().Word == "WITH";
            tokens.Expect("TIME");
            tokens.Expect("ZONE");
        }

        return new DateTimeTypeName(position, name, precision, withZone);
    }

    private RowTypeName Row(SourcePosition position)
    {
        tokens.Expect("(");
        var fields = tokens.CommaList(Field);
        tokens.Expect(")");
        return new RowTypeName(position, fields);
    }

    private RowTypeField Field()
    {
        var position = tokens.Position;
        return IsNamedField() ? new RowTypeField(position, tokens.Identifier(), Type()) : new RowTypeField(position, null, Type());
    }

    /// <summary>A field has a name when a type follows its first word: <c>a bigint</c>, but neither <c>decimal(1,2)</c> nor <c>double precision</c>.</summary>
    private bool IsNamedField()
    {
        var next = tokens.Peek(1);
        if (next.Kind == TokenKind.QuotedIdentifier)
        {
            return true;
        }

        return next.Kind == TokenKind.Word && !Keywords.IsReserved(next.Word!) && (tokens.Current.Word, next.Word) switch
        {
            ("DOUBLE", "PRECISION") => false,
            ("INTERVAL", "YEAR" or "MONTH" or "DAY" or "HOUR" or "MINUTE" or "SECOND") => false,
            ("TIME" or "TIMESTAMP", "WITHOUT") => false,
            (_, "ARRAY") => tokens.Peek(2).Word is "(" or "<",
            _ => true,
        };
    }

    internal IntervalField IntervalFieldName()
    {
        foreach (var field in Enum.GetValues<IntervalField>())
        {
            if (tokens.Accept(field.ToString().ToUpperInvariant()))
            {
                return field;
            }
        }

        throw tokens.Unexpected();
    }
}
