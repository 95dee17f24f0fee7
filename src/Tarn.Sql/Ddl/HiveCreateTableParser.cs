using Tarn.Sql.Lexing;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Ddl;

/// <summary>CREATE [EXTERNAL] TABLE: columns, partitions, buckets, row and file format, location, properties. The clauses may stand in any order.</summary>
internal sealed class HiveCreateTableParser(HiveTokens tokens)
{
    private readonly HiveTypeParser types = new(tokens);

    public CreateTable CreateTable(SourcePosition position, bool external)
    {
        var ifNotExists = tokens.Accept("IF", "NOT", "EXISTS");
        var name = tokens.TableName();
        var columns = tokens.Is("(") ? Columns() : [];
        string? comment = null;
        string? location = null;
        NodeList<ColumnDefinition> partitionColumns = [];
        NodeList<string> transforms = [];
        Bucketing? bucketing = null;
        RowFormat? rowFormat = null;
        StorageFormat? storage = null;
        NodeList<PropertyPair> properties = [];
        while (tokens.Current.Kind != TokenKind.EndOfInput)
        {
            if (tokens.Accept("COMMENT"))
            {
                comment = tokens.String();
            }
            else if (tokens.Accept("PARTITIONED", "BY"))
            {
                (partitionColumns, transforms) = PartitionedBy();
            }
            else if (tokens.Accept("CLUSTERED", "BY"))
            {
                bucketing = ClusteredBy();
            }
            else if (tokens.Accept("ROW", "FORMAT"))
            {
                rowFormat = RowFormat();
            }
            else if (tokens.Accept("STORED", "AS"))
            {
                storage = StoredAs();
            }
            else if (tokens.Accept("WITH", "SERDEPROPERTIES") && rowFormat is not null)
            {
                rowFormat = rowFormat with { SerDeProperties = tokens.Properties() };
            }
            else if (tokens.Accept("LOCATION"))
            {
                location = tokens.String();
            }
            else if (tokens.Accept("TBLPROPERTIES"))
            {
                properties = tokens.Properties();
            }
            else
            {
                tokens.ExpectEnd();
            }
        }

        return new CreateTable(position, name, external, ifNotExists, columns, comment, partitionColumns, transforms, bucketing, rowFormat, storage, location, properties);
    }

    public NodeList<ColumnDefinition> Columns() => tokens.Parenthesized(Column);

    public ColumnDefinition Column()
    {
        var name = tokens.Name();
        var type = types.Type();
        return new ColumnDefinition(name, type, tokens.Accept("COMMENT") ? tokens.String() : null);
    }

    /// <summary>Typed columns for Hive tables; names and transforms such as <c>day(ts)</c> for Iceberg ones.</summary>
    private (NodeList<ColumnDefinition> Columns, NodeList<string> Transforms) PartitionedBy()
    {
        if (!tokens.Is("(") || tokens.Peek(2).Word is not ("," or ")" or "("))
        {
            return (Columns(), []);
        }

        return ([], tokens.Parenthesized(Transform));
    }

    private string Transform()
    {
        var name = tokens.Name();
        if (!tokens.Is("("))
        {
            return name;
        }

        var arguments = tokens.Parenthesized(() => tokens.Current.Kind == TokenKind.Integer ? tokens.Integer().ToString() : tokens.Name());
        return $"{name}({string.Join(", ", arguments)})";
    }

    private Bucketing ClusteredBy()
    {
        var columns = tokens.Parenthesized(tokens.Name);
        var sorted = tokens.Accept("SORTED", "BY") ? tokens.Parenthesized(SortColumn) : [];
        tokens.Expect("INTO");
        var buckets = tokens.Integer();
        tokens.Expect("BUCKETS");
        return new Bucketing(columns, sorted, buckets);
    }

    private SortColumn SortColumn()
    {
        var name = tokens.Name();
        var descending = tokens.Accept("DESC");
        if (!descending)
        {
            tokens.Accept("ASC");
        }

        return new SortColumn(name, descending);
    }

    private RowFormat RowFormat()
    {
        if (tokens.Accept("SERDE"))
        {
            var serDe = tokens.String();
            var properties = tokens.Accept("WITH", "SERDEPROPERTIES") ? tokens.Properties() : [];
            return new RowFormat(serDe, properties, Delimited: false, null, null, null, null, null, null);
        }

        tokens.Expect("DELIMITED");
        var format = new RowFormat(null, [], Delimited: true, null, null, null, null, null, null);
        while (true)
        {
            if (tokens.Accept("FIELDS", "TERMINATED", "BY"))
            {
                format = format with { FieldsTerminatedBy = tokens.String() };
            }
            else if (tokens.Accept("ESCAPED", "BY"))
            {
                format = format with { EscapedBy = tokens.String() };
            }
            else if (tokens.Accept("COLLECTION", "ITEMS", "TERMINATED", "BY"))
            {
                format = format with { CollectionItemsTerminatedBy = tokens.String() };
            }
            else if (tokens.Accept("MAP", "KEYS", "TERMINATED", "BY"))
            {
                format = format with { MapKeysTerminatedBy = tokens.String() };
            }
            else if (tokens.Accept("LINES", "TERMINATED", "BY"))
            {
                format = format with { LinesTerminatedBy = tokens.String() };
            }
            else if (tokens.Accept("NULL", "DEFINED", "AS"))
            {
                format = format with { NullDefinedAs = tokens.String() };
            }
            else
            {
                return format;
            }
        }
    }

    private StorageFormat StoredAs()
    {
        if (!tokens.Accept("INPUTFORMAT"))
        {
            var format = tokens.Current.Kind == TokenKind.Word ? tokens.Advance().Word : throw tokens.Mismatched("Identifier");
            return new StorageFormat(format, null, null);
        }

        var input = tokens.String();
        tokens.Expect("OUTPUTFORMAT");
        return new StorageFormat(null, input, tokens.String());
    }
}
