using Tarn.DuckDb;
using Tarn.DuckDb.Types;
using Tarn.Worker.Columns;
using Tarn.Worker.Plans;

namespace Tarn.Worker.Sources;

/// <summary>
/// JSON: records one after another, one a line, or in an array. The schema is that of all records; where they disagree a number widens and everything
/// else becomes text. Texts stay texts: nothing is taken for a date.
/// </summary>
internal static class JsonRelation
{
    public static string Compile(JsonSource node, NodeInput input, DuckDbConnection connection, CancellationToken cancellationToken)
    {
        // Formats that match nothing keep the detection of dates from taking texts.
        var parts = SourceRelations.ByCompression(input.Files).Select(group =>
            (Files: SourceRelations.FileList(group), Compression: SourceRelations.JsonCompression(group.Key))).ToList();
        var all = string.Join(" UNION ALL BY NAME ", parts.Select(part =>
            $"SELECT * FROM read_json({part.Files}, format = 'auto', compression = '{part.Compression}', sample_size = -1, map_inference_threshold = -1, "
            + "union_by_name = true, dateformat = '-', timestampformat = '-', hive_partitioning = false)"));
        using var statement = connection.Prepare(all);
        cancellationToken.ThrowIfCancellationRequested();
        var columns = statement.Columns.Select(column => column with { Type = Plain(column.Type) }).ToList();
        if (columns is [{ Name: "json" }])
        {
            throw new PlanException(node.Id, "the documents are neither objects nor arrays of objects");
        }

        var schema = string.Join(", ", columns.Select(column => $"{DuckDbText.Literal(column.Name)}: {DuckDbText.Literal(column.Type.ToString())}"));
        var rows = string.Join(" UNION ALL BY NAME ", parts.Select(part =>
            $"SELECT * FROM read_json({part.Files}, format = 'auto', compression = '{part.Compression}', columns = {{{schema}}}, filename = '{SourceRelations.FileColumn}')"));
        return node.RecordPath.Count == 0 ? rows : Records(node, columns, rows);
    }

    /// <summary>Types that texts were taken for go back to text; JSON, where records disagree, too.</summary>
    public static DuckDbType Plain(DuckDbType type) => type.Alias is not null ? DuckDbType.Varchar : type.Kind switch
    {
        DuckDbKind.Uuid or DuckDbKind.Date or DuckDbKind.Time or DuckDbKind.Timestamp or DuckDbKind.TimestampTz or DuckDbKind.SqlNull => DuckDbType.Varchar,
        DuckDbKind.UBigInt => DuckDbType.DecimalOf(20, 0),
        DuckDbKind.HugeInt or DuckDbKind.UHugeInt => DuckDbType.Double,
        DuckDbKind.List => DuckDbType.ListOf(Plain(type.Element!)),
        DuckDbKind.Map => DuckDbType.MapOf(Plain(type.Key!), Plain(type.Element!)),
        DuckDbKind.Struct => DuckDbType.StructOf(type.Fields.Select(field => new DuckDbField(field.Name, Plain(field.Type)))),
        _ => type,
    };

    /// <summary>Goes down to the records inside each document.</summary>
    private static string Records(JsonSource node, IReadOnlyList<DuckDbField> columns, string rows)
    {
        var relation = new Relation("", [.. columns]);
        var field = relation.Find(node.RecordPath, "d") ?? throw FieldMissing(node);
        var type = field.Type;
        var from = $"(SELECT {field.Sql} AS r, d.{SourceRelations.FileColumn} FROM ({rows}) AS d)";
        if (type.Kind == DuckDbKind.List)
        {
            type = type.Element!;
            from = $"(SELECT unnest(r) AS r, {SourceRelations.FileColumn} FROM {from})";
        }

        return type.Kind == DuckDbKind.Struct
            ? $"SELECT unnest(r), {SourceRelations.FileColumn} FROM {from} WHERE r IS NOT NULL"
            : $"SELECT r AS record, {SourceRelations.FileColumn} FROM {from} WHERE r IS NOT NULL";
    }

    private static PlanException FieldMissing(JsonSource node) => new(node.Id, $"the JSON path leads to {FieldPath.Show(node.RecordPath)}, which is in no document");
}
