namespace Tarn.Glue.Catalog.Expressions;

internal enum TokenKind
{
    Word,
    QuotedName,
    Text,
    Number,
    Symbol,
    End,
}

/// <param name="Text">The word, symbol or number as written; the content of a quoted text or name.</param>
/// <param name="Position">Where it begins, from 0.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Position)
{
    public bool Is(string word) => Kind is TokenKind.Word or TokenKind.Symbol && Text.Equals(word, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Cuts a filter of <c>GetPartitions</c> into words: names, texts in single quotes (a doubled quote stands for one), numbers and symbols.</summary>
internal static class PartitionExpressionLexer
{
    /// <summary>All tokens, the last of them <see cref="TokenKind.End"/>. Throws InvalidInputException on what no token begins with.</summary>
    public static List<Token> Lex(string expression)
    {
        var tokens = new List<Token>();
        for (var i = 0; i < expression.Length;)
        {
            var start = i;
            var c = expression[i];
            if (char.IsWhiteSpace(c))
            {
                i++;
                continue;
            }

            if (c is '\'' or '"' or '`')
            {
                tokens.Add(new Token(c == '\'' ? TokenKind.Text : TokenKind.QuotedName, Quoted(expression, ref i), start));
            }
            else if (char.IsAsciiDigit(c) || (c is '-' or '+' or '.' && MayBeginNumber(tokens) && i + 1 < expression.Length && (char.IsAsciiDigit(expression[i + 1]) || expression[i + 1] == '.')))
            {
                i++;
                while (i < expression.Length && (char.IsAsciiLetterOrDigit(expression[i]) || expression[i] is '.' or '_' || IsSignOfPower(expression, start, i)))
                {
                    i++;
                }

                // JSqlParser reads 2024_01 or 1a as a name; a name that begins with a digit is a column all the same.
                var text = expression[start..i];
                tokens.Add(new Token(IsNumber(text) ? TokenKind.Number : TokenKind.Word, text, start));
            }
            else if (char.IsLetter(c) || c is '_' or '@' or '#' or '$')
            {
                while (i < expression.Length && (char.IsLetterOrDigit(expression[i]) || expression[i] is '_' or '@' or '#' or '$' or '.'))
                {
                    i++;
                }

                tokens.Add(new Token(TokenKind.Word, expression[start..i], start));
            }
            else
            {
                tokens.Add(new Token(TokenKind.Symbol, Symbol(expression, ref i), start));
            }
        }

        tokens.Add(new Token(TokenKind.End, "", expression.Length));
        return tokens;
    }

    /// <summary>A sign is part of a number only where a value may stand: <c>2021 - 01</c> is arithmetic, which Glue refuses.</summary>
    private static bool MayBeginNumber(List<Token> tokens) =>
        tokens.Count > 0 && ((tokens[^1].Kind == TokenKind.Symbol && tokens[^1].Text != ")") || tokens[^1].Is("AND") || tokens[^1].Is("BETWEEN") || tokens[^1].Is("LIKE"));

    /// <summary>Digits and points, and at the end a power of ten: <c>3e10</c>.</summary>
    private static bool IsNumber(ReadOnlySpan<char> text)
    {
        var letter = text.IndexOfAny('e', 'E');
        return !(letter < 0 ? text : text[..letter]).ContainsAnyExcept("+-.0123456789")
            && (letter < 0 || (letter + 1 < text.Length && !text[(letter + 1)..].TrimStart("+-").ContainsAnyExceptInRange('0', '9')));
    }

    private static bool IsSignOfPower(string expression, int start, int i) =>
        expression[i] is '+' or '-' && expression[i - 1] is 'e' or 'E' && i + 1 < expression.Length && char.IsAsciiDigit(expression[i + 1])
        && !expression.AsSpan(start, i - 1 - start).ContainsAnyExcept("+-.0123456789");

    private static string Quoted(string expression, ref int i)
    {
        var quote = expression[i];
        var text = new System.Text.StringBuilder();
        for (i++; i < expression.Length; i++)
        {
            if (expression[i] != quote)
            {
                text.Append(expression[i]);
            }
            else if (i + 1 < expression.Length && expression[i + 1] == quote)
            {
                text.Append(quote);
                i++;
            }
            else
            {
                i++;
                return text.ToString();
            }
        }

        throw GlueErrors.UnsupportedExpression(expression);
    }

    private static string Symbol(string expression, ref int i)
    {
        var c = expression[i++];
        switch (c)
        {
            case '(' or ')' or ',' or '=' or '+' or '-' or '*' or '/':
                return c.ToString();
            case '!' when i < expression.Length && expression[i] == '=':
                i++;
                return "<>";
            case '<' or '>':
                // JSqlParser, and the documentation's own examples, allow a space inside: a < > b.
                var next = i;
                while (next < expression.Length && char.IsWhiteSpace(expression[next]))
                {
                    next++;
                }

                if (next < expression.Length && (expression[next] == '=' || (c == '<' && expression[next] == '>')))
                {
                    i = next + 1;
                    return $"{c}{expression[next]}";
                }

                return c.ToString();
            default:
                throw GlueErrors.UnsupportedExpression(expression);
        }
    }
}
