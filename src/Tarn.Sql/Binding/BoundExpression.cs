using Tarn.Sql.Functions;
using Tarn.Sql.Types;

namespace Tarn.Sql.Binding;

/// <summary>An expression whose type is known, as DuckDB text that can stand wherever an operand can.</summary>
internal sealed record BoundExpression(SqlType Type, string Sql)
{
    /// <summary>The value of a literal, as <see cref="BoundArgument.Constant"/> has it.</summary>
    public object? Constant { get; init; }

    /// <summary>A literal's value as text that a CAST reads, also for dates and times; null for anything but a literal.</summary>
    public string? ConstantText { get; init; }

    /// <summary>The table's column that this is, unchanged; null for anything else.</summary>
    public ColumnOrigin? Origin { get; init; }

    public bool IsUnknown => Type is SimpleType { Kind: SimpleKind.Unknown };

    public BoundArgument ToArgument() => new(Type, Sql) { Constant = Constant };

    public CallArgument ToCallArgument() => new(ToArgument(), null, 0);
}

/// <summary>Where a column comes from, as long as nothing changed its values on the way and no row was chosen by others (LIMIT, windows).</summary>
/// <param name="Through">The WITH queries on the way.</param>
internal sealed record ColumnOrigin(TableScan Scan, CatalogColumn Column, IReadOnlyList<CommonTable> Through)
{
    public ColumnOrigin Via(CommonTable table) => this with { Through = [.. Through, table] };
}
