using Tarn.Athena.Queries;

namespace Tarn.Athena.Execution;

/// <summary>What a DDL or utility statement answers: lines of a <c>.txt</c> result, values parted by tabs.</summary>
/// <param name="Columns">None for statements that only do something.</param>
internal sealed record TextResult(IReadOnlyList<ResultColumn> Columns, IReadOnlyList<string> Lines)
{
    /// <summary>Done, and nothing to show.</summary>
    public static readonly TextResult None = new([], []);

    /// <summary>Columns of Hive's type string, as all of DDL's are.</summary>
    public static TextResult Of(IReadOnlyList<string> columns, IEnumerable<string> lines) =>
        new([.. columns.Select(name => new ResultColumn(name, "string", Precision: 0, Scale: 0, CaseSensitive: false))], [.. lines]);
}
