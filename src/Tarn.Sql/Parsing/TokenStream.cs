using System.Runtime.CompilerServices;
using Tarn.Sql.Lexing;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Parsing;

/// <summary>
/// The tokens of one statement with a place in them. When it is told to, it remembers what the parser would have accepted at that
/// place, which becomes the error's <c>Expecting:</c> list.
/// </summary>
internal sealed class TokenStream(string text, IReadOnlyList<Token> tokens, SqlDialect dialect, bool rememberExpected)
{
    /// <summary>Nested parentheses, subqueries, CASEs.</summary>
    public const int DepthMax = 500;

    /// <summary>Operators in a row, such as <c>a || b || c</c>: DuckDB refuses expressions that are deeper.</summary>
    public const int ChainMax = 1000;

    private readonly SortedSet<string>? expected = rememberExpected ? new(StringComparer.Ordinal) : null;
    private int[]? closing;
    private int depth;

    public SqlDialect Dialect => dialect;

    /// <summary>How many <c>?</c> were read.</summary>
    public int ParameterCount { get; set; }

    public int Index { get; private set; }

    public Token Current => tokens[Index];

    public SourcePosition Position => Current.Position;

    public Token Peek(int ahead) => tokens[Math.Min(Index + ahead, tokens.Count - 1)];

    public Token At(int index) => tokens[Math.Min(index, tokens.Count - 1)];

    public bool PeekIs(int ahead, string word) => Peek(ahead).Word == word;

    /// <summary>What was written from token <paramref name="from"/> up to the present one.</summary>
    public string TextSince(int from) => text[tokens[from].Start..(Index == from ? tokens[from].Start : tokens[Index - 1].End)];

    public bool Is(string word)
    {
        if (Current.Word == word)
        {
            return true;
        }

        expected?.Add($"'{word}'");
        return false;
    }

    public bool Is(string first, string second)
    {
        if (!Is(first))
        {
            return false;
        }

        return PeekIs(1, second);
    }

    public bool Accept(string word)
    {
        if (!Is(word))
        {
            return false;
        }

        Advance();
        return true;
    }

    public bool Accept(string first, string second)
    {
        if (!Is(first, second))
        {
            return false;
        }

        Advance();
        Advance();
        return true;
    }

    public Token Expect(string word) => Is(word) ? Advance() : throw Unexpected();

    public Token Advance()
    {
        var token = Current;
        if (token.Kind != TokenKind.EndOfInput)
        {
            Index++;
        }

        expected?.Clear();
        return token;
    }

    /// <summary>Adds a rule's name, such as <c>&lt;expression&gt;</c>, to what would have been accepted here.</summary>
    public void Note(string rule) => expected?.Add(rule);

    public SqlException Unexpected(string? rule = null)
    {
        if (rule is not null)
        {
            Note(rule);
        }

        var token = Current;
        if (token.Kind == TokenKind.BackquotedIdentifier)
        {
            return Error("backquoted identifiers are not supported; use double quotes to quote identifiers");
        }

        if (token.Kind == TokenKind.DigitWord)
        {
            return Error("identifiers must not start with a digit; surround the identifier with double quotes");
        }

        var shown = token.Kind == TokenKind.EndOfInput ? "<EOF>" : text[token.Start..token.End];
        var expecting = expected is { Count: > 0 } ? $". Expecting: {string.Join(", ", expected)}" : "";
        return Error($"mismatched input '{shown}'{expecting}");
    }

    public SqlException Error(string message) => new("SYNTAX_ERROR", message, Position);

    public void ExpectEnd()
    {
        if (Current.Kind != TokenKind.EndOfInput)
        {
            throw Unexpected("<EOF>");
        }
    }

    /// <summary>Counts one level down; the caller calls <see cref="Leave"/> when it is done. Deeper than <see cref="DepthMax"/> is an error, as it is in Trino at some depth.</summary>
    public void Enter()
    {
        if (++depth > DepthMax || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw TooDeep();
        }
    }

    public void Leave() => depth--;

    public void CheckChain(int length)
    {
        if (length > ChainMax)
        {
            throw TooDeep();
        }
    }

    private static SqlException TooDeep() => new("SYNTAX_ERROR", "statement is too large (stack overflow while parsing)", new SourcePosition(1, 1));

    /// <summary>Index of the token behind the parenthesis that closes the one at <paramref name="open"/>; the last token when none does.</summary>
    public int IndexBehindClosing(int open)
    {
        closing ??= MatchParentheses();
        return closing[open];
    }

    private int[] MatchParentheses()
    {
        var behind = new int[tokens.Count];
        var open = new Stack<int>();
        for (var i = 0; i < tokens.Count; i++)
        {
            behind[i] = tokens.Count - 1;
            if (tokens[i].Word == "(")
            {
                open.Push(i);
            }
            else if (tokens[i].Word == ")" && open.TryPop(out var start))
            {
                behind[start] = i + 1;
            }
        }

        return behind;
    }

    // Names stand here because every parser needs them.

    public bool IsIdentifier()
    {
        var token = Current;
        if (token.Kind == TokenKind.QuotedIdentifier || (token.Kind == TokenKind.Word && !Keywords.IsReserved(token.Word!)))
        {
            return true;
        }

        Note("<identifier>");
        return false;
    }

    public Identifier Identifier()
    {
        if (!IsIdentifier())
        {
            throw Unexpected();
        }

        var token = Advance();
        if (token.Kind == TokenKind.QuotedIdentifier && token.Text.Length == 0)
        {
            throw new SqlException("SYNTAX_ERROR", "Zero-length delimited identifier not allowed", token.Position);
        }

        return new Identifier(token.Position, token.Text, token.Kind == TokenKind.QuotedIdentifier);
    }

    public QualifiedName QualifiedName()
    {
        var first = Identifier();
        var parts = new List<Identifier> { first };
        while (Accept("."))
        {
            parts.Add(Identifier());
        }

        return new QualifiedName(first.Position, new NodeList<Identifier>(parts));
    }

    /// <summary><c>(a, b)</c></summary>
    public NodeList<Identifier> ParenthesizedIdentifiers()
    {
        Expect("(");
        var names = CommaList(Identifier);
        Expect(")");
        return names;
    }

    public NodeList<T> CommaList<T>(Func<T> item)
    {
        var items = new List<T> { item() };
        while (Accept(","))
        {
            items.Add(item());
        }

        return new NodeList<T>(items);
    }

    public bool IsString() => Current.Kind is TokenKind.String or TokenKind.UnicodeString;

    /// <summary>A string literal's value, escapes of <c>U&amp;''</c> resolved.</summary>
    public string String()
    {
        if (!IsString())
        {
            throw Unexpected("<string>");
        }

        var token = Advance();
        if (token.Kind == TokenKind.String)
        {
            return token.Text;
        }

        var escape = '\\';
        if (Accept("UESCAPE"))
        {
            var position = Position;
            var written = String();
            if (written.Length != 1 || char.IsAsciiHexDigit(written[0]) || written[0] is '+' or '"' or '\'' || char.IsWhiteSpace(written[0]))
            {
                throw new SqlException("SYNTAX_ERROR", "Invalid Unicode escape character", position);
            }

            escape = written[0];
        }

        return UnicodeEscapes.Decode(token.Text, escape, token.Position);
    }

    public long Integer()
    {
        if (Current.Kind != TokenKind.Integer)
        {
            throw Unexpected("<integer>");
        }

        return Numbers.Integer(Current.Text, Advance().Position);
    }
}
