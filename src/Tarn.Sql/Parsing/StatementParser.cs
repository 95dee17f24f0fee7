using Tarn.Sql.Ddl;
using Tarn.Sql.Lexing;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Parsing;

/// <summary>
/// The one entry to the front end: text to tree. Athena has two grammars, Trino's for queries and what writes through queries, and
/// Hive's for DDL; which one a text is for is seen from its first words.
/// </summary>
public static class StatementParser
{
    /// <summary>
    /// Parses one statement; comments and a trailing <c>;</c> are accepted. Throws <see cref="SqlException"/>: <c>SYNTAX_ERROR</c>, or for
    /// DDL <c>FAILED</c> with <c>ParseException line 1:0 ...</c>.
    /// </summary>
    public static Statement Parse(string text)
    {
        // Where a string ends differs between the two: semicolons are looked for only with the right tokens.
        var tokens = Lexer.Tokenize(text, SqlDialect.Trino);
        return IsDdl(tokens)
            ? HiveDdlParser.Parse(text, WithoutTerminator(text, Lexer.Tokenize(text, SqlDialect.Hive)))
            : Parse(text, WithoutTerminator(text, tokens), SqlDialect.Trino, grammar => grammar.Statements.Statement());
    }

    /// <summary>Parses a statement of one dialect's query grammar, never DDL.</summary>
    public static Statement Parse(string text, SqlDialect dialect) =>
        Parse(text, WithoutTerminator(text, Lexer.Tokenize(text, dialect)), dialect, grammar => grammar.Statements.Statement());

    /// <summary>Parses an expression that stands alone, such as a parameter's value or a filter node's condition.</summary>
    public static Expression ParseExpression(string text, SqlDialect dialect) => Parse(text, Lexer.Tokenize(text, dialect), dialect, grammar => grammar.Expressions.Expression());

    /// <summary>Parses a type that stands alone, such as <c>array(bigint)</c>.</summary>
    public static TypeName ParseType(string text) => Parse(text, Lexer.Tokenize(text, SqlDialect.Trino), SqlDialect.Trino, grammar => grammar.Types.Type());

    private static T Parse<T>(string text, IReadOnlyList<Token> tokens, SqlDialect dialect, Func<Grammar, T> rule)
    {
        try
        {
            return Run(rememberExpected: false);
        }
        catch (SqlException e) when (e.Code == "SYNTAX_ERROR")
        {
            // Only a text that is wrong pays for the list of what would have been right.
            return Run(rememberExpected: true);
        }

        T Run(bool rememberExpected)
        {
            var stream = new TokenStream(text, tokens, dialect, rememberExpected);
            var result = rule(new Grammar(stream));
            stream.ExpectEnd();
            return result;
        }
    }

    /// <summary>Cuts off trailing semicolons; text behind one is a second statement, which Athena refuses.</summary>
    private static List<Token> WithoutTerminator(string text, IReadOnlyList<Token> tokens)
    {
        var end = tokens.Count - 1;
        while (end > 0 && tokens[end - 1].Word == ";")
        {
            end--;
        }

        for (var i = 0; i < end; i++)
        {
            if (tokens[i].Word == ";")
            {
                throw new SqlException("SYNTAX_ERROR", $"Only one sql statement is allowed. Got: {text}");
            }
        }

        return [.. tokens.Take(end), tokens[^1]];
    }

    private static bool IsDdl(IReadOnlyList<Token> tokens)
    {
        string? Word(int index) => index < tokens.Count ? tokens[index].Word : null;
        switch (Word(0))
        {
            case "ALTER" or "DESCRIBE" or "DESC" or "MSCK" or "SHOW" or "REPAIR" or "EXPORT" or "IMPORT" or "LOCK" or "UNLOCK" or "GRANT" or "REVOKE" or "USE" or "RELOAD" or "LOAD" or "TRUNCATE":
                return true;
            case "DROP":
                return Word(1) != "VIEW";
            case "CREATE":
                return Word(1) switch
                {
                    "VIEW" or "OR" => false,
                    "TABLE" => !HasTopLevelAs(tokens),
                    _ => true,
                };
            default:
                return false;
        }
    }

    /// <summary>CREATE TABLE is a query's when a SELECT follows AS outside of parentheses; a column type never has AS.</summary>
    private static bool HasTopLevelAs(IReadOnlyList<Token> tokens)
    {
        var depth = 0;
        for (var i = 2; i < tokens.Count; i++)
        {
            depth += tokens[i].Word switch { "(" => 1, ")" => -1, _ => 0 };
            if (depth == 0 && tokens[i].Word == "AS" && tokens[i - 1].Word != "STORED")
            {
                return true;
            }
        }

        return false;
    }
}
