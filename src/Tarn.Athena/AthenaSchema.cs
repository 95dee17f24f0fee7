using Tarn.Store;

namespace Tarn.Athena;

/// <summary>
/// Athena's tables in the metadata store. What is asked for is a column; the rest of a record is JSON in <c>body</c> (see <see cref="AthenaJson"/>).
/// </summary>
internal static class AthenaSchema
{
    public static readonly StoreSchema Schema = new("athena",
    [
        """
        CREATE TABLE athena_work_group (account {text} NOT NULL, region {text} NOT NULL, name {text} NOT NULL, body {text} NOT NULL, PRIMARY KEY (account, region, name));
        CREATE TABLE athena_named_query (account {text} NOT NULL, region {text} NOT NULL, id {text} NOT NULL, work_group {text} NOT NULL, token {text}, body {text} NOT NULL, PRIMARY KEY (account, region, id));
        CREATE INDEX athena_named_query_list ON athena_named_query (account, region, work_group, id);
        CREATE UNIQUE INDEX athena_named_query_token ON athena_named_query (account, region, token);
        CREATE TABLE athena_prepared (account {text} NOT NULL, region {text} NOT NULL, work_group {text} NOT NULL, name {text} NOT NULL, body {text} NOT NULL, PRIMARY KEY (account, region, work_group, name));
        CREATE TABLE athena_query (account {text} NOT NULL, region {text} NOT NULL, id {text} NOT NULL, work_group {text} NOT NULL, submitted BIGINT NOT NULL, state {text} NOT NULL, token {text}, body {text} NOT NULL, PRIMARY KEY (account, region, id));
        CREATE INDEX athena_query_list ON athena_query (account, region, work_group, submitted, id);
        CREATE INDEX athena_query_state ON athena_query (state);
        CREATE UNIQUE INDEX athena_query_token ON athena_query (account, region, token);
        CREATE TABLE athena_tag (account {text} NOT NULL, region {text} NOT NULL, arn {text} NOT NULL, tag_key {text} NOT NULL, tag_value {text} NOT NULL, PRIMARY KEY (account, region, arn, tag_key));
        """,
    ]);
}
