using Tarn.Sql.Tree;

namespace Tarn.Sql.Ddl;

/// <summary>ALTER DATABASE and ALTER TABLE.</summary>
internal sealed class HiveAlterParser(HiveTokens tokens)
{
    private readonly HiveCreateTableParser columns = new(tokens);

    public DdlStatement Alter(SourcePosition position)
    {
        if (tokens.Accept("DATABASE") || tokens.Accept("SCHEMA"))
        {
            var name = tokens.Name();
            tokens.Expect("SET");
            tokens.Expect("DBPROPERTIES");
            return new AlterDatabaseProperties(position, name, tokens.Properties());
        }

        if (!tokens.Accept("TABLE"))
        {
            throw tokens.CannotRecognize("ddl statement");
        }

        return AlterTable(position, tokens.TableName());
    }

    private DdlStatement AlterTable(SourcePosition position, TableName table)
    {
        var partition = tokens.Is("PARTITION") ? tokens.Partition(withLocation: false) : null;
        if (partition is not null && tokens.Accept("RENAME"))
        {
            tokens.Expect("TO");
            return new RenamePartition(position, table, partition, tokens.Partition(withLocation: false));
        }

        if (tokens.Accept("ADD", "COLUMNS"))
        {
            return new AddColumns(position, table, partition, columns.Columns());
        }

        if (tokens.Accept("REPLACE", "COLUMNS"))
        {
            return new ReplaceColumns(position, table, partition, columns.Columns());
        }

        if (tokens.Accept("SET", "LOCATION"))
        {
            return new SetLocation(position, table, partition, tokens.String());
        }

        if (partition is not null)
        {
            throw tokens.CannotRecognize("alter table partition statement");
        }

        return AlterWholeTable(position, table);
    }

    private DdlStatement AlterWholeTable(SourcePosition position, TableName table)
    {
        if (tokens.Accept("SET", "TBLPROPERTIES"))
        {
            return new SetTableProperties(position, table, tokens.Properties());
        }

        if (tokens.Accept("UNSET", "TBLPROPERTIES"))
        {
            var ifPresent = tokens.Accept("IF", "EXISTS");
            return new UnsetTableProperties(position, table, ifPresent, tokens.Parenthesized(tokens.String));
        }

        if (tokens.Accept("RENAME", "TO"))
        {
            return new RenameTable(position, table, tokens.TableName());
        }

        if (tokens.Accept("ADD"))
        {
            var ifNotExists = tokens.Accept("IF", "NOT", "EXISTS");
            return new AddPartitions(position, table, ifNotExists, Partitions(withLocation: true));
        }

        if (tokens.Accept("DROP", "COLUMN"))
        {
            return new DropColumn(position, table, tokens.Name());
        }

        if (tokens.Accept("DROP"))
        {
            var ifExists = tokens.Accept("IF", "EXISTS");
            return new DropPartitions(position, table, ifExists, Partitions(withLocation: false));
        }

        if (tokens.Accept("CHANGE"))
        {
            return ChangeColumn(position, table);
        }

        throw tokens.CannotRecognize("alter table statement");
    }

    private NodeList<PartitionSpecification> Partitions(bool withLocation)
    {
        var partitions = new List<PartitionSpecification> { tokens.Partition(withLocation) };
        while (tokens.Accept(",") || tokens.Is("PARTITION"))
        {
            partitions.Add(tokens.Partition(withLocation));
        }

        return new NodeList<PartitionSpecification>(partitions);
    }

    private ChangeColumn ChangeColumn(SourcePosition position, TableName table)
    {
        tokens.Accept("COLUMN");
        var name = tokens.Name();
        var definition = columns.Column();
        var first = tokens.Accept("FIRST");
        return new ChangeColumn(position, table, name, definition, first, !first && tokens.Accept("AFTER") ? tokens.Name() : null);
    }
}
