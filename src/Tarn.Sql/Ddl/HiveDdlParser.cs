using Tarn.Sql.Lexing;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Ddl;

/// <summary>DDL and utility statements in Hive's grammar, as Athena accepts them.</summary>
internal sealed class HiveDdlParser(HiveTokens tokens)
{
    public static DdlStatement Parse(string text, IReadOnlyList<Token> tokens)
    {
        var stream = new HiveTokens(text, tokens);
        var statement = new HiveDdlParser(stream).Statement();
        stream.ExpectEnd();
        return statement;
    }

    private DdlStatement Statement()
    {
        var position = tokens.Position;
        switch (tokens.Current.Word)
        {
            case "CREATE":
                tokens.Advance();
                return Create(position);
            case "DROP":
                tokens.Advance();
                return Drop(position);
            case "ALTER":
                tokens.Advance();
                return new HiveAlterParser(tokens).Alter(position);
            case "SHOW":
                tokens.Advance();
                return Show(position);
            case "DESCRIBE" or "DESC":
                tokens.Advance();
                return Describe(position);
            case "MSCK":
                tokens.Advance();
                tokens.Expect("REPAIR");
                tokens.Expect("TABLE");
                return new RepairTable(position, tokens.TableName());
            default:
                throw tokens.CannotRecognize("ddl statement");
        }
    }

    private DdlStatement Create(SourcePosition position)
    {
        if (tokens.Accept("DATABASE") || tokens.Accept("SCHEMA"))
        {
            var ifNotExists = tokens.Accept("IF", "NOT", "EXISTS");
            var name = tokens.Name();
            var comment = tokens.Accept("COMMENT") ? tokens.String() : null;
            var location = tokens.Accept("LOCATION") ? tokens.String() : null;
            var properties = tokens.Accept("WITH", "DBPROPERTIES") ? tokens.Properties() : [];
            return new CreateDatabase(position, name, ifNotExists, comment, location, properties);
        }

        var external = tokens.Accept("EXTERNAL");
        if (!tokens.Accept("TABLE"))
        {
            throw tokens.CannotRecognize("ddl statement");
        }

        return new HiveCreateTableParser(tokens).CreateTable(position, external);
    }

    private DdlStatement Drop(SourcePosition position)
    {
        if (tokens.Accept("TABLE"))
        {
            var tableIfExists = tokens.Accept("IF", "EXISTS");
            var table = tokens.TableName();
            tokens.Accept("PURGE");
            return new DropTable(position, table, tableIfExists);
        }

        if (!tokens.Accept("DATABASE") && !tokens.Accept("SCHEMA"))
        {
            throw tokens.CannotRecognize("ddl statement");
        }

        var ifExists = tokens.Accept("IF", "EXISTS");
        var name = tokens.Name();
        var cascade = tokens.Accept("CASCADE");
        if (!cascade)
        {
            tokens.Accept("RESTRICT");
        }

        return new DropDatabase(position, name, ifExists, cascade);
    }

    private DdlStatement Show(SourcePosition position)
    {
        switch (tokens.Advance().Word)
        {
            case "DATABASES" or "SCHEMAS":
                return new ShowDatabases(position, Pattern());
            case "TABLES":
                return new ShowTables(position, InDatabase(), Pattern());
            case "VIEWS":
                return new ShowViews(position, InDatabase(), Pattern());
            case "PARTITIONS":
                var table = tokens.TableName();
                return new ShowPartitions(position, table, tokens.Is("PARTITION") ? tokens.Partition(withLocation: false) : null);
            case "COLUMNS":
                return ShowColumns(position);
            case "TBLPROPERTIES":
                var owner = tokens.TableName();
                return new ShowTableProperties(position, owner, tokens.Is("(") ? tokens.Parenthesized(tokens.String)[0] : null);
            case "CREATE" when tokens.Accept("TABLE"):
                return new ShowCreateTable(position, tokens.TableName());
            case "CREATE" when tokens.Accept("VIEW"):
                return new ShowCreateView(position, tokens.TableName());
            default:
                throw tokens.CannotRecognize("show statement");
        }
    }

    private string? InDatabase() => tokens.Accept("IN") || tokens.Accept("FROM") ? tokens.DatabaseName() : null;

    private string? Pattern()
    {
        tokens.Accept("LIKE");
        return tokens.Current.Kind == TokenKind.String ? tokens.String() : null;
    }

    /// <summary><c>SHOW COLUMNS IN t IN db</c> names the database last.</summary>
    private ShowColumns ShowColumns(SourcePosition position)
    {
        if (!tokens.Accept("IN") && !tokens.Accept("FROM"))
        {
            throw tokens.Mismatched("IN");
        }

        var table = tokens.TableName();
        return new ShowColumns(position, InDatabase() is { } database ? new TableName(database, table.Name) : table);
    }

    private DdlStatement Describe(SourcePosition position)
    {
        if (tokens.Is("VIEW") && tokens.Peek(1).Kind is TokenKind.Word or TokenKind.QuotedIdentifier)
        {
            tokens.Advance();
            return new DescribeView(position, tokens.TableName());
        }

        var detail = tokens.Accept("EXTENDED") ? DescribeDetail.Extended : tokens.Accept("FORMATTED") ? DescribeDetail.Formatted : DescribeDetail.Plain;
        var table = tokens.TableName();
        var partition = tokens.Is("PARTITION") ? tokens.Partition(withLocation: false) : null;
        string? path = null;
        if (tokens.Current.Kind is TokenKind.Word or TokenKind.QuotedIdentifier or TokenKind.String)
        {
            path = tokens.Advance().Text.ToLowerInvariant();
            while (tokens.Accept("."))
            {
                path += "." + (tokens.Current.Kind == TokenKind.String ? tokens.String() : tokens.FieldName());
            }
        }

        return new DescribeTable(position, table, detail, partition, path);
    }
}
