using Tarn.Sql.Types;

namespace Tarn.Sql.Functions;

/// <summary>What functions of one statement know about it: the same for every row, however long it runs.</summary>
/// <param name="Start">When the statement started: what now() and its kin answer.</param>
/// <param name="Zone">The session's time zone; Athena's is always UTC.</param>
/// <param name="Catalog">What current_catalog answers; null for none.</param>
/// <param name="Schema">What current_schema answers; null for none.</param>
/// <param name="User">What current_user answers.</param>
public sealed record TrinoSession(DateTimeOffset Start, string Zone, string? Catalog, string? Schema, string User)
{
    /// <summary>A session in UTC that starts at <paramref name="start"/>, as Athena's are.</summary>
    public static TrinoSession AtUtc(DateTimeOffset start) => new(start, "UTC", "awsdatacatalog", null, "tarn");

    internal long StartMicros => (Start.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    internal string ZoneSql => LiteralSql.Text(Zone);
}
