using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tarn.Clients.Consumer.Processing;

/// <summary>
/// Where records go that the processor has thrown at too often, so that what comes after them can go on. A record counts as parked when the call returns, so it must be safe by
/// then; when it throws, the record is tried again. It can be parked twice, as it can be processed twice.
/// </summary>
public interface IParkedRecords
{
    Task ParkAsync(ParkedRecord record, CancellationToken cancellationToken);
}

/// <param name="Attempts">How often it was given to the processor alone.</param>
/// <param name="Reason">What the processor threw last.</param>
public sealed record ParkedRecord(string ShardId, ConsumerRecord Record, int Attempts, Exception Reason);

/// <summary>
/// A file with a line of JSON per record: shardId, sequenceNumber, subSequenceNumber, partitionKey, data (base64), attempts, reason. On disk when the call returns. For one process at a time.
/// </summary>
public sealed class FileParkedRecords(string path) : IParkedRecords, IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SemaphoreSlim gate = new(1);
    private readonly FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.Read);

    public async Task ParkAsync(ParkedRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        var line = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                record.ShardId, record.Record.SequenceNumber, record.Record.SubSequenceNumber, record.Record.PartitionKey, Data = record.Record.Data.ToArray(), record.Attempts,
                Reason = record.Reason.ToString(),
            },
            Json);
        await gate.WaitAsync(cancellationToken);
        try
        {
            // From here on the line is finished, so that no half of one is left.
            await file.WriteAsync((byte[])[.. line, (byte)'\n'], CancellationToken.None);
            await file.FlushAsync(CancellationToken.None);
            file.Flush(flushToDisk: true);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose()
    {
        file.Dispose();
        gate.Dispose();
    }
}
