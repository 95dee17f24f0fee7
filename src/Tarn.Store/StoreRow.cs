using System.Data.Common;

namespace Tarn.Store;

/// <summary>The current row of a query, by column index from 0. Times are stored as BIGINT microseconds since 1970 UTC, booleans as BIGINT 0 or 1.</summary>
public readonly struct StoreRow(DbDataReader reader)
{
    public string Text(int column) => reader.GetString(column);

    public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public long Long(int column) => reader.GetInt64(column);

    public long? LongOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    public int Int(int column) => checked((int)reader.GetInt64(column));

    public bool Bool(int column) => reader.GetInt64(column) != 0;

    public double Double(int column) => reader.GetDouble(column);

    public byte[] Bytes(int column) => reader.GetFieldValue<byte[]>(column);

    public byte[]? BytesOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<byte[]>(column);

    public DateTimeOffset Time(int column) => StoreTime.FromMicroseconds(reader.GetInt64(column));

    public DateTimeOffset? TimeOrNull(int column) => reader.IsDBNull(column) ? null : StoreTime.FromMicroseconds(reader.GetInt64(column));

    /// <summary>Every column as its driver's object, null for NULL: for copying tables whole.</summary>
    internal void CopyTo(object?[] values)
    {
        reader.GetValues(values!);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = values[i] is DBNull ? null : values[i];
        }
    }

    /// <summary>Hands a column over by its reader: for copying tables whole.</summary>
    internal void Visit(int column, Action<DbDataReader, int> visit) => visit(reader, column);
}

/// <summary>Times as the store keeps them: microseconds since 1970 UTC.</summary>
public static class StoreTime
{
    public static long ToMicroseconds(this DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset FromMicroseconds(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
