using Tarn.Store;

namespace Tarn.Kinesis;

/// <summary>
/// Kinesis's tables in the metadata store. What is asked for is a column; the rest of a record is JSON in <c>body</c> (see <see cref="KinesisJson"/>). A stream's
/// name may be taken again after it was deleted, so what hangs on a stream hangs on its id.
/// </summary>
internal static class KinesisSchema
{
    public static readonly StoreSchema Schema = new("kinesis",
    [
        """
        CREATE TABLE kinesis_stream (account {text} NOT NULL, region {text} NOT NULL, name {text} NOT NULL, id {text} NOT NULL, body {text} NOT NULL, PRIMARY KEY (account, region, name));
        CREATE TABLE kinesis_counter (name {text} NOT NULL, value BIGINT NOT NULL, PRIMARY KEY (name));
        CREATE TABLE kinesis_shard (stream {text} NOT NULL, shard BIGINT NOT NULL, body {text} NOT NULL, PRIMARY KEY (stream, shard));
        CREATE TABLE kinesis_consumer (stream {text} NOT NULL, name {text} NOT NULL, gone BIGINT, body {text} NOT NULL, PRIMARY KEY (stream, name));
        CREATE INDEX kinesis_stream_id ON kinesis_stream (id);
        CREATE INDEX kinesis_consumer_gone ON kinesis_consumer (gone);
        CREATE TABLE kinesis_tag (account {text} NOT NULL, region {text} NOT NULL, arn {text} NOT NULL, tag_key {text} NOT NULL, tag_value {text} NOT NULL, PRIMARY KEY (account, region, arn, tag_key));
        CREATE TABLE kinesis_policy (account {text} NOT NULL, region {text} NOT NULL, arn {text} NOT NULL, policy {text} NOT NULL, PRIMARY KEY (account, region, arn));
        CREATE TABLE kinesis_account (account {text} NOT NULL, region {text} NOT NULL, body {text} NOT NULL, PRIMARY KEY (account, region));
        """,
        """
        CREATE TABLE kinesis_data_key (id BIGINT NOT NULL, stream {text} NOT NULL, replaced BIGINT, body {text} NOT NULL, PRIMARY KEY (id));
        CREATE INDEX kinesis_data_key_stream ON kinesis_data_key (stream);
        """,
    ]);
}
