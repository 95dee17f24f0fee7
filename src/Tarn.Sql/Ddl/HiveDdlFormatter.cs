using System.Text;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Ddl;

/// <summary>Writes DDL in Hive's grammar: every name in back quotes, every string in single ones.</summary>
internal static class HiveDdlFormatter
{
    public static void Append(StringBuilder text, DdlStatement statement) => text.Append(statement switch
    {
        CreateDatabase s => $"CREATE DATABASE {(s.IfNotExists ? "IF NOT EXISTS " : "")}{Name(s.Name)}{Clause(" COMMENT ", s.Comment)}{Clause(" LOCATION ", s.Location)}{Properties(" WITH DBPROPERTIES ", s.Properties)}",
        DropDatabase s => $"DROP DATABASE {(s.IfExists ? "IF EXISTS " : "")}{Name(s.Name)}{(s.Cascade ? " CASCADE" : "")}",
        AlterDatabaseProperties s => $"ALTER DATABASE {Name(s.Name)}{Properties(" SET DBPROPERTIES ", s.Properties)}",
        CreateTable s => Create(s),
        DropTable s => $"DROP TABLE {(s.IfExists ? "IF EXISTS " : "")}{Name(s.Name)}",
        AddPartitions s => $"ALTER TABLE {Name(s.Table)} ADD {(s.IfNotExists ? "IF NOT EXISTS " : "")}{string.Join(' ', s.Partitions.Select(Partition))}",
        DropPartitions s => $"ALTER TABLE {Name(s.Table)} DROP {(s.IfExists ? "IF EXISTS " : "")}{string.Join(", ", s.Partitions.Select(Partition))}",
        RenamePartition s => $"ALTER TABLE {Name(s.Table)} {Partition(s.From)} RENAME TO {Partition(s.To)}",
        AddColumns s => $"ALTER TABLE {Name(s.Table)}{Optional(s.Partition)} ADD COLUMNS {Columns(s.Columns)}",
        ReplaceColumns s => $"ALTER TABLE {Name(s.Table)}{Optional(s.Partition)} REPLACE COLUMNS {Columns(s.Columns)}",
        DropColumn s => $"ALTER TABLE {Name(s.Table)} DROP COLUMN {Name(s.Column)}",
        ChangeColumn s => $"ALTER TABLE {Name(s.Table)} CHANGE COLUMN {Name(s.Column)} {Column(s.Definition)}{(s.First ? " FIRST" : s.After is { } after ? " AFTER " + Name(after) : "")}",
        SetLocation s => $"ALTER TABLE {Name(s.Table)}{Optional(s.Partition)} SET LOCATION {Quote(s.Location)}",
        SetTableProperties s => $"ALTER TABLE {Name(s.Table)}{Properties(" SET TBLPROPERTIES ", s.Properties)}",
        UnsetTableProperties s => $"ALTER TABLE {Name(s.Table)} UNSET TBLPROPERTIES {(s.IfExists ? "IF EXISTS " : "")}({string.Join(", ", s.Keys.Select(Quote))})",
        RenameTable s => $"ALTER TABLE {Name(s.Table)} RENAME TO {Name(s.NewName)}",
        RepairTable s => $"MSCK REPAIR TABLE {Name(s.Table)}",
        ShowDatabases s => $"SHOW DATABASES{Clause(" LIKE ", s.Pattern)}",
        ShowTables s => $"SHOW TABLES{In(s.Database)}{Clause(" ", s.Pattern)}",
        ShowViews s => $"SHOW VIEWS{In(s.Database)}{Clause(" LIKE ", s.Pattern)}",
        ShowPartitions s => $"SHOW PARTITIONS {Name(s.Table)}{Optional(s.Partition)}",
        ShowColumns s => $"SHOW COLUMNS IN {Name(s.Table)}",
        ShowCreateTable s => $"SHOW CREATE TABLE {Name(s.Table)}",
        ShowCreateView s => $"SHOW CREATE VIEW {Name(s.View)}",
        ShowTableProperties s => $"SHOW TBLPROPERTIES {Name(s.Table)}{(s.Key is { } key ? $"({Quote(key)})" : "")}",
        DescribeTable s => $"DESCRIBE {(s.Detail == DescribeDetail.Plain ? "" : s.Detail.ToString().ToUpperInvariant() + " ")}{Name(s.Table)}{Optional(s.Partition)}{(s.ColumnPath is { } path ? " " + string.Join('.', path.Split('.').Select(Name)) : "")}",
        DescribeView s => $"DESCRIBE VIEW {Name(s.View)}",
        _ => throw new InvalidOperationException($"no format for {statement.GetType().Name}"),
    });

    private static string Create(CreateTable table)
    {
        var text = new StringBuilder("CREATE ").Append(table.External ? "EXTERNAL " : "").Append("TABLE ").Append(table.IfNotExists ? "IF NOT EXISTS " : "").Append(Name(table.Name));
        if (table.Columns.Count > 0)
        {
            text.Append(' ').Append(Columns(table.Columns));
        }

        text.Append(Clause(" COMMENT ", table.Comment));
        if (table.PartitionColumns.Count > 0)
        {
            text.Append(" PARTITIONED BY ").Append(Columns(table.PartitionColumns));
        }

        if (table.PartitionTransforms.Count > 0)
        {
            text.Append(" PARTITIONED BY (").AppendJoin(", ", table.PartitionTransforms.Select(transform => transform.Contains('(', StringComparison.Ordinal) ? transform : Name(transform))).Append(')');
        }

        if (table.Bucketing is { } bucketing)
        {
            text.Append(" CLUSTERED BY (").AppendJoin(", ", bucketing.Columns.Select(Name)).Append(')');
            if (bucketing.SortedBy.Count > 0)
            {
                text.Append(" SORTED BY (").AppendJoin(", ", bucketing.SortedBy.Select(column => Name(column.Name) + (column.Descending ? " DESC" : " ASC"))).Append(')');
            }

            text.Append(" INTO ").Append(bucketing.Buckets).Append(" BUCKETS");
        }

        if (table.RowFormat is { } format)
        {
            text.Append(Row(format));
        }

        if (table.Storage is { } storage)
        {
            text.Append(" STORED AS ").Append(storage.Format ?? $"INPUTFORMAT {Quote(storage.InputFormat!)} OUTPUTFORMAT {Quote(storage.OutputFormat!)}");
        }

        return text.Append(Clause(" LOCATION ", table.Location)).Append(Properties(" TBLPROPERTIES ", table.Properties)).ToString();
    }

    private static string Row(RowFormat format) => format.SerDe is { } serDe
        ? $" ROW FORMAT SERDE {Quote(serDe)}{Properties(" WITH SERDEPROPERTIES ", format.SerDeProperties)}"
        : " ROW FORMAT DELIMITED" + Clause(" FIELDS TERMINATED BY ", format.FieldsTerminatedBy) + Clause(" ESCAPED BY ", format.EscapedBy)
            + Clause(" COLLECTION ITEMS TERMINATED BY ", format.CollectionItemsTerminatedBy) + Clause(" MAP KEYS TERMINATED BY ", format.MapKeysTerminatedBy)
            + Clause(" LINES TERMINATED BY ", format.LinesTerminatedBy) + Clause(" NULL DEFINED AS ", format.NullDefinedAs)
            + Properties(" WITH SERDEPROPERTIES ", format.SerDeProperties);

    private static string Columns(NodeList<ColumnDefinition> columns) => $"({string.Join(", ", columns.Select(Column))})";

    private static string Column(ColumnDefinition column) => $"{Name(column.Name)} {column.Type}{Clause(" COMMENT ", column.Comment)}";

    private static string Optional(PartitionSpecification? partition) => partition is null ? "" : " " + Partition(partition);

    private static string Partition(PartitionSpecification partition) =>
        $"PARTITION ({string.Join(", ", partition.Values.Select(value => $"{Name(value.Column)} {value.Operator} {Quote(value.Value)}"))}){Clause(" LOCATION ", partition.Location)}";

    private static string In(string? database) => database is null ? "" : " IN " + Name(database);

    private static string Properties(string keyword, NodeList<PropertyPair> properties) =>
        properties.Count == 0 ? "" : $"{keyword}({string.Join(", ", properties.Select(property => $"{Quote(property.Key)} = {Quote(property.Value)}"))})";

    private static string Clause(string keyword, string? value) => value is null ? "" : keyword + Quote(value);

    private static string Name(TableName name) => name.Database is { } database ? $"{Name(database)}.{Name(name.Name)}" : Name(name.Name);

    private static string Name(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";

    private static string Quote(string value) => $"'{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
