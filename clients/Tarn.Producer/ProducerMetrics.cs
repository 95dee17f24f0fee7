using System.Diagnostics.Metrics;
using Tarn.Clients.Producer.Streams;

namespace Tarn.Clients.Producer;

/// <summary>The instruments of the meter `Tarn.Producer`; each measurement has the tag `stream`, errors also `error` with AWS's code.</summary>
internal sealed class ProducerMetrics : IDisposable
{
    private readonly Meter meter;
    private readonly Counter<long> userRecordsPut;
    private readonly Counter<long> userRecordsFailed;
    private readonly Counter<long> kinesisRecordsPut;
    private readonly Counter<long> bytesPut;
    private readonly Counter<long> retries;
    private readonly Histogram<double> bufferingTime;
    private readonly Histogram<double> requestTime;

    public ProducerMetrics(IMeterFactory? factory)
    {
        meter = factory?.Create(new MeterOptions("Tarn.Producer")) ?? new Meter("Tarn.Producer");
        userRecordsPut = meter.CreateCounter<long>("tarn.producer.user_records.put", "{record}", "User records that are in the stream.");
        userRecordsFailed = meter.CreateCounter<long>("tarn.producer.user_records.failed", "{record}", "User records that failed for good.");
        kinesisRecordsPut = meter.CreateCounter<long>("tarn.producer.kinesis_records.put", "{record}", "Kinesis records that are in the stream.");
        bytesPut = meter.CreateCounter<long>("tarn.producer.bytes.put", "By", "Bytes of keys and data of those Kinesis records.");
        retries = meter.CreateCounter<long>("tarn.producer.retries", "{record}", "Times that a user record was put back to be sent again; of the list of shards, readings that failed.");
        bufferingTime = meter.CreateHistogram<double>("tarn.producer.buffering.time", "ms", "From when a user record was accepted to its first request.");
        requestTime = meter.CreateHistogram<double>("tarn.producer.request.time", "ms", "Of PutRecords, from the request to its answer or failure.");
    }

    public void Dispose() => meter.Dispose();

    public void Sent(string stream, IReadOnlyList<Batch> batches, TimeSpan now)
    {
        if (!bufferingTime.Enabled)
        {
            return;
        }

        foreach (var record in batches.SelectMany(batch => batch.Records).Where(record => record.Attempts.Count == 0))
        {
            bufferingTime.Record((now - record.AcceptedAt).TotalMilliseconds, Tag(stream));
        }
    }

    public void Answered(string stream, Answer answer)
    {
        if (answer.Failure is { } failure)
        {
            requestTime.Record(answer.Duration.TotalMilliseconds, Tag(stream), Error(failure.Code));
        }
        else
        {
            requestTime.Record(answer.Duration.TotalMilliseconds, Tag(stream));
        }
    }

    public void Put(string stream, Batch batch)
    {
        userRecordsPut.Add(batch.Records.Count, Tag(stream));
        kinesisRecordsPut.Add(1, Tag(stream));
        bytesPut.Add(batch.Aggregator.SizeInBytes, Tag(stream));
    }

    public void Failed(string stream, string code) => userRecordsFailed.Add(1, Tag(stream), Error(code));

    public void Retried(string stream, string code, int records) => retries.Add(records, Tag(stream), Error(code));

    private static KeyValuePair<string, object?> Tag(string stream) => new("stream", stream);

    private static KeyValuePair<string, object?> Error(string code) => new("error", code);
}
