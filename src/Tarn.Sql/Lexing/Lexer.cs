using System.Text;

namespace Tarn.Sql.Lexing;

/// <summary>Cuts a statement into tokens. Comments and white space are dropped; every token knows where it stood.</summary>
public sealed class Lexer
{
    private readonly string text;
    private readonly SqlDialect dialect;
    private readonly List<Token> tokens;
    private int at;
    private int line = 1;
    private int lineStart;

    private Lexer(string text, SqlDialect dialect)
    {
        this.text = text;
        this.dialect = dialect;
        tokens = new List<Token>((text.Length / 5) + 4);
    }

    /// <summary>All tokens, the last of which is <see cref="TokenKind.EndOfInput"/>.</summary>
    public static IReadOnlyList<Token> Tokenize(string text, SqlDialect dialect) => new Lexer(text, dialect).Run();

    private List<Token> Run()
    {
        while (true)
        {
            SkipBlanksAndComments();
            if (at >= text.Length)
            {
                tokens.Add(new Token(TokenKind.EndOfInput, "<EOF>", null, Here, at, at));
                return tokens;
            }

            ReadToken();
        }
    }

    private SourcePosition Here => new(line, at - lineStart + 1);

    private char Peek(int ahead) => at + ahead < text.Length ? text[at + ahead] : '\0';

    private void ReadToken()
    {
        var c = text[at];
        switch (c)
        {
            case '\'':
                ReadQuoted(TokenKind.String, '\'', prefix: 0, dialect.BackslashEscapes);
                return;
            case '"':
                ReadQuoted(dialect.DoubleQuotesQuoteStrings ? TokenKind.String : TokenKind.QuotedIdentifier, '"', prefix: 0, dialect.DoubleQuotesQuoteStrings && dialect.BackslashEscapes);
                return;
            case '`':
                ReadQuoted(dialect.BackquotesQuoteNames ? TokenKind.QuotedIdentifier : TokenKind.BackquotedIdentifier, '`', prefix: 0, escapes: false);
                return;
            case 'U' or 'u' when Peek(1) == '&' && Peek(2) == '\'':
                ReadQuoted(TokenKind.UnicodeString, '\'', prefix: 2, escapes: false);
                return;
            case 'X' or 'x' when Peek(1) == '\'':
                ReadQuoted(TokenKind.Binary, '\'', prefix: 1, escapes: false);
                return;
        }

        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1)) && !FollowsName()))
        {
            ReadNumber();
        }
        else if (IsWordStart(c))
        {
            ReadWord();
        }
        else
        {
            ReadSymbol();
        }
    }

    /// <summary>In Hive, <c>db.2020</c> is a name behind a name, not a number.</summary>
    private bool FollowsName() => dialect.NamesMayStartWithDigit && tokens.Count > 0 && tokens[^1].End == at && tokens[^1].Kind is TokenKind.Word or TokenKind.QuotedIdentifier;

    private static bool IsWordStart(char c) => char.IsAsciiLetter(c) || c == '_';

    private static bool IsWordPart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private void ReadWord()
    {
        var start = at;
        while (at < text.Length && IsWordPart(text[at]))
        {
            at++;
        }

        var span = text.AsSpan(start, at - start);
        Add(TokenKind.Word, span.ToString(), Keywords.Canonical(span), start);
    }

    private void ReadNumber()
    {
        var start = at;
        if (text[at] == '0' && Peek(1) is 'x' or 'X' or 'b' or 'B' or 'o' or 'O' && char.IsAsciiHexDigit(Peek(2)))
        {
            at += 2;
            while (at < text.Length && IsWordPart(text[at]))
            {
                at++;
            }

            Add(TokenKind.Integer, text[start..at], null, start);
            return;
        }

        var kind = TokenKind.Integer;
        SkipDigits();
        if (Peek(0) == '.')
        {
            kind = TokenKind.Decimal;
            at++;
            SkipDigits();
        }

        if (Peek(0) is 'e' or 'E' && (char.IsAsciiDigit(Peek(1)) || (Peek(1) is '+' or '-' && char.IsAsciiDigit(Peek(2)))))
        {
            kind = TokenKind.Double;
            at += 2;
            SkipDigits();
        }

        if (dialect.NumberSuffixes && ReadSuffix(start, kind))
        {
            return;
        }

        if (at < text.Length && IsWordPart(text[at]))
        {
            while (at < text.Length && IsWordPart(text[at]))
            {
                at++;
            }

            var isName = dialect.NamesMayStartWithDigit;
            Add(isName ? TokenKind.Word : TokenKind.DigitWord, text[start..at], isName ? Keywords.Canonical(text.AsSpan(start, at - start)) : null, start);
            return;
        }

        Add(kind, text[start..at], null, start);
    }

    /// <summary>A number's digits may be grouped by single underscores: <c>1_000</c>.</summary>
    private void SkipDigits()
    {
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || (text[at] == '_' && char.IsAsciiDigit(Peek(1)))))
        {
            at++;
        }
    }

    private bool ReadSuffix(int start, TokenKind kind)
    {
        var (length, suffixed) = (char.ToUpperInvariant(Peek(0)), char.ToUpperInvariant(Peek(1))) switch
        {
            ('B', 'D') => (2, TokenKind.Decimal),
            ('L' or 'S' or 'Y', _) when kind == TokenKind.Integer => (1, TokenKind.Integer),
            ('D' or 'F', _) => (1, TokenKind.Double),
            _ => (0, kind),
        };
        if (length == 0 || IsWordPart(Peek(length)))
        {
            return false;
        }

        var digits = text[start..at];
        at += length;
        Add(suffixed, suffixed == TokenKind.Double && !digits.Contains('e', StringComparison.OrdinalIgnoreCase) ? digits + "E0" : digits, null, start);
        return true;
    }

    private void ReadQuoted(TokenKind kind, char quote, int prefix, bool escapes)
    {
        var start = at;
        var position = Here;
        at += prefix + 1;
        var value = new StringBuilder();
        while (true)
        {
            if (at >= text.Length)
            {
                // Nothing closes it: the parser reports the opening quote as input that it did not expect.
                at = start + 1;
                tokens.Add(new Token(TokenKind.Unrecognized, text[start..at], null, position, start, at));
                return;
            }

            var c = text[at];
            if (c == quote)
            {
                if (Peek(1) != quote)
                {
                    at++;
                    tokens.Add(new Token(kind, value.ToString(), null, position, start, at));
                    return;
                }

                at++;
            }
            else if (escapes && c == '\\' && at + 1 < text.Length)
            {
                AppendEscape(value);
                continue;
            }
            else if (c == '\n')
            {
                line++;
                lineStart = at + 1;
            }

            value.Append(c);
            at++;
        }
    }

    private void AppendEscape(StringBuilder value)
    {
        var c = Peek(1);
        if (c == 'u' && at + 5 < text.Length && int.TryParse(text.AsSpan(at + 2, 4), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var code))
        {
            value.Append((char)code);
            at += 6;
            return;
        }

        if (c is >= '0' and <= '3' && Peek(2) is >= '0' and <= '7' && Peek(3) is >= '0' and <= '7')
        {
            value.Append((char)(((c - '0') * 64) + ((Peek(2) - '0') * 8) + (Peek(3) - '0')));
            at += 4;
            return;
        }

        value.Append(c switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', '0' => '\0', 'Z' => '\u001a', _ => c });
        at += 2;
    }

    private void ReadSymbol()
    {
        var start = at;
        var two = (text[at], Peek(1)) switch
        {
            ('<', '=') when dialect.HasSparkSyntax && Peek(2) == '>' => "<=>",
            ('<', '=') => "<=",
            ('<', '>') => "<>",
            ('>', '=') => ">=",
            ('!', '=') => "!=",
            ('=', '=') when dialect.HasSparkSyntax => "==",
            ('|', '|') => "||",
            ('-', '>') => "->",
            ('=', '>') => "=>",
            _ => null,
        };
        var symbol = two ?? Keywords.Symbol(text[at]);
        at += symbol?.Length ?? 1;
        Add(symbol is null ? TokenKind.Unrecognized : TokenKind.Symbol, text[start..at], symbol, start);
    }

    private void Add(TokenKind kind, string value, string? word, int start) =>
        tokens.Add(new Token(kind, value, word, new SourcePosition(line, start - lineStart + 1), start, at));

    private void SkipBlanksAndComments()
    {
        while (at < text.Length)
        {
            var c = text[at];
            if (c == '\n')
            {
                at++;
                line++;
                lineStart = at;
            }
            else if (char.IsWhiteSpace(c) || c == '\uFEFF')
            {
                at++;
            }
            else if (c == '-' && Peek(1) == '-')
            {
                while (at < text.Length && text[at] != '\n')
                {
                    at++;
                }
            }
            else if (c == '/' && Peek(1) == '*' && text.IndexOf("*/", at + 2, StringComparison.Ordinal) is var end and >= 0)
            {
                for (; at < end + 2; at++)
                {
                    if (text[at] == '\n')
                    {
                        line++;
                        lineStart = at + 1;
                    }
                }
            }
            else
            {
                return;
            }
        }
    }
}
