using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Tarn.Sql.Lexing;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Ddl;

/// <summary>The tokens of a DDL statement, with errors in Hive's words: <c>FAILED: ParseException line 1:0 ...</c>, columns from 0.</summary>
internal sealed class HiveTokens(string text, IReadOnlyList<Token> tokens)
{
    /// <summary>The one catalog that DDL works on.</summary>
    private const string Catalog = "awsdatacatalog";

    /// <summary>Struct in array in map ...: deeper is refused.</summary>
    private const int DepthMax = 200;

    /// <summary>The words that Athena's documentation reserves in DDL: names only in back quotes.</summary>
    private static readonly FrozenSet<string> Reserved = """
        ALL ALTER AND ARRAY AS AUTHORIZATION BETWEEN BIGINT BINARY BOOLEAN BOTH BY CASE CASHE CAST CHAR COLUMN CONF CONSTRAINT COMMIT CREATE CROSS
        CUBE CURRENT CURRENT_DATE CURRENT_TIMESTAMP CURSOR DATABASE DATE DAYOFWEEK DECIMAL DELETE DESCRIBE DISTINCT DIV DOUBLE DROP ELSE END
        EXCHANGE EXISTS EXTENDED EXTERNAL EXTRACT FALSE FETCH FLOAT FLOOR FOLLOWING FOR FOREIGN FROM FULL FUNCTION GRANT GROUP GROUPING HAVING IF
        IMPORT IN INNER INSERT INT INTEGER INTERSECT INTERVAL INTO IS JOIN LATERAL LEFT LESS LIKE LOCAL MACRO MAP MORE NONE NOT NULL NUMERIC OF ON
        ONLY OR ORDER OUT OUTER OVER PARTIALSCAN PARTITION PERCENT PRECEDING PRECISION PRESERVE PRIMARY PROCEDURE RANGE READS REDUCE REGEXP
        REFERENCES REVOKE RIGHT RLIKE ROLLBACK ROLLUP ROW ROWS SELECT SET SMALLINT START TABLE TABLESAMPLE THEN TIME TIMESTAMP TO TRANSFORM
        TRIGGER TRUE TRUNCATE UNBOUNDED UNION UNIQUEJOIN UPDATE USER USING UTC_TIMESTAMP VALUES VARCHAR VIEWS WHEN WHERE WINDOW WITH
        """.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    private int index;
    private int depth;

    public Token Current => tokens[index];

    public SourcePosition Position => Current.Position;

    public Token Peek(int ahead) => tokens[Math.Min(index + ahead, tokens.Count - 1)];

    public bool Is(string word) => Current.Word == word;

    public bool Accept(string word)
    {
        if (Current.Word != word)
        {
            return false;
        }

        index++;
        return true;
    }

    /// <summary>All of the words in a row, or nothing.</summary>
    public bool Accept(params ReadOnlySpan<string> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (Peek(i).Word != words[i])
            {
                return false;
            }
        }

        index += words.Length;
        return true;
    }

    public void Expect(string word)
    {
        if (!Accept(word))
        {
            throw Mismatched(word);
        }
    }

    public Token Advance()
    {
        var token = Current;
        if (token.Kind != TokenKind.EndOfInput)
        {
            index++;
        }

        return token;
    }

    public void ExpectEnd()
    {
        if (Current.Kind != TokenKind.EndOfInput)
        {
            throw Error($"missing EOF at '{Shown(Current)}' near '{(index > 0 ? Shown(tokens[index - 1]) : "")}'");
        }
    }

    public SqlException Mismatched(string expected) =>
        Current.Kind == TokenKind.EndOfInput
            ? Error($"mismatched input '<EOF>' expecting {expected} near '{(index > 0 ? Shown(tokens[index - 1]) : "")}'")
            : Error($"mismatched input '{Shown(Current)}' expecting {expected} near '{(index > 0 ? Shown(tokens[index - 1]) : "")}'");

    public SqlException CannotRecognize(string where) =>
        Error($"cannot recognize input near '{Shown(Peek(0))}' '{Shown(Peek(1))}' '{Shown(Peek(2))}' in {where}");

    public SqlException Error(string message) => new("FAILED", $"ParseException line {Position.Line}:{Position.Column - 1} {message}");

    private string Shown(Token token) => token.Kind == TokenKind.EndOfInput ? "<EOF>" : text[token.Start..token.End].Trim('`');

    public void Enter()
    {
        if (++depth > DepthMax || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Error("type is nested too deeply");
        }
    }

    public void Leave() => depth--;

    /// <summary>A name, folded to lower case.</summary>
    public string Name()
    {
        if (Current.Kind == TokenKind.QuotedIdentifier || (Current.Kind == TokenKind.Word && !Reserved.Contains(Current.Word!)))
        {
            return Advance().Text.ToLowerInvariant();
        }

        throw Current.Kind == TokenKind.Word ? CannotRecognize("ddl statement") : Mismatched("Identifier");
    }

    /// <summary>A database, also behind the name of the catalog.</summary>
    public string DatabaseName()
    {
        var name = Name();
        if (!Accept("."))
        {
            return name;
        }

        return name == Catalog ? Name() : throw new SqlException("FAILED", $"SemanticException Catalog {name} does not exist");
    }

    /// <summary>A field of a struct: reserved words are allowed there, as the metastore's type strings need.</summary>
    public string FieldName() => Current.Kind is TokenKind.QuotedIdentifier or TokenKind.Word ? Advance().Text.ToLowerInvariant() : throw Mismatched("Identifier");

    public TableName TableName()
    {
        var first = Name();
        if (!Accept("."))
        {
            return new TableName(null, first);
        }

        var second = Name();
        if (!Accept("."))
        {
            return new TableName(first, second);
        }

        return first == Catalog ? new TableName(second, Name()) : throw new SqlException("FAILED", $"SemanticException Catalog {first} does not exist");
    }

    public string String() => Current.Kind == TokenKind.String ? Advance().Text : throw Mismatched("StringLiteral");

    public int Integer()
    {
        if (Current.Kind != TokenKind.Integer || !int.TryParse(Current.Text, out var value))
        {
            throw Mismatched("Number");
        }

        index++;
        return value;
    }

    public NodeList<T> Parenthesized<T>(Func<T> item)
    {
        Expect("(");
        var items = new List<T> { item() };
        while (Accept(","))
        {
            items.Add(item());
        }

        Expect(")");
        return new NodeList<T>(items);
    }

    public NodeList<PropertyPair> Properties() => Parenthesized(() =>
    {
        var key = String();
        Expect("=");
        return new PropertyPair(key, String());
    });

    /// <summary><c>PARTITION (a = 1, b = 'x') [LOCATION '...']</c>; the word PARTITION is read here too.</summary>
    public PartitionSpecification Partition(bool withLocation)
    {
        Expect("PARTITION");
        var values = Parenthesized(PartitionValue);
        return new PartitionSpecification(values, withLocation && Accept("LOCATION") ? String() : null);
    }

    private PartitionValue PartitionValue()
    {
        var column = Name();
        var @operator = Current.Word;
        if (@operator is not ("=" or "<" or "<=" or ">" or ">=" or "<>" or "!="))
        {
            throw Mismatched("=");
        }

        index++;
        var sign = Accept("-") ? "-" : "";
        if (Current.Kind == TokenKind.Word && Peek(1).Kind == TokenKind.String)
        {
            // DATE '2020-01-01': the type is known from the column.
            index++;
        }

        if (Current.Kind is not (TokenKind.String or TokenKind.Integer or TokenKind.Decimal or TokenKind.Double or TokenKind.Word))
        {
            throw CannotRecognize("constant");
        }

        return new PartitionValue(column, @operator == "!=" ? "<>" : @operator, sign + Advance().Text);
    }
}
