using Tarn.Store;

namespace Tarn.Glue.Catalog;

/// <summary>
/// The tables of the Data Catalog. Definitions are kept as JSON (<see cref="Records.CatalogJson"/>) beside the columns that are searched. A table has a
/// number of its own, never used again, so that the rows below it cannot be taken for those of a later table of the same name.
/// </summary>
internal static class CatalogSchema
{
    public static readonly StoreSchema Schema = new("glue",
    [
        """
        CREATE TABLE glue_databases (
            account {text} NOT NULL, region {text} NOT NULL, name {text} NOT NULL,
            definition {text} NOT NULL,
            PRIMARY KEY (account, region, name));

        CREATE TABLE glue_numbers (name {text} PRIMARY KEY, next BIGINT NOT NULL);

        CREATE TABLE glue_tables (
            table_id BIGINT PRIMARY KEY,
            account {text} NOT NULL, region {text} NOT NULL, database_name {text} NOT NULL, name {text} NOT NULL,
            version BIGINT NOT NULL,
            definition {text} NOT NULL);
        CREATE UNIQUE INDEX glue_tables_name ON glue_tables (account, region, database_name, name);

        CREATE TABLE glue_deleted_tables (table_id BIGINT PRIMARY KEY);

        CREATE TABLE glue_table_versions (
            table_id BIGINT NOT NULL, version BIGINT NOT NULL,
            definition {text} NOT NULL,
            PRIMARY KEY (table_id, version));

        CREATE TABLE glue_partitions (
            table_id BIGINT NOT NULL,
            partition_key {blob} NOT NULL,
            key1 {blob}, key2 {blob}, key3 {blob},
            definition {text} NOT NULL,
            PRIMARY KEY (table_id, partition_key));
        CREATE INDEX glue_partitions_key1 ON glue_partitions (table_id, key1, partition_key) WHERE key1 IS NOT NULL;
        CREATE INDEX glue_partitions_key2 ON glue_partitions (table_id, key2, partition_key) WHERE key2 IS NOT NULL;
        CREATE INDEX glue_partitions_key3 ON glue_partitions (table_id, key3, partition_key) WHERE key3 IS NOT NULL;

        CREATE TABLE glue_partition_indexes (
            table_id BIGINT NOT NULL, name {text} NOT NULL,
            keys {text} NOT NULL,
            PRIMARY KEY (table_id, name));

        CREATE TABLE glue_column_statistics (
            table_id BIGINT NOT NULL, partition_key {blob} NOT NULL, column_name {text} NOT NULL,
            statistics {text} NOT NULL,
            PRIMARY KEY (table_id, partition_key, column_name));

        CREATE TABLE glue_functions (
            account {text} NOT NULL, region {text} NOT NULL, database_name {text} NOT NULL, name {text} NOT NULL,
            definition {text} NOT NULL,
            PRIMARY KEY (account, region, database_name, name));

        CREATE TABLE glue_tags (
            account {text} NOT NULL, region {text} NOT NULL, arn {text} NOT NULL, tag_key {text} NOT NULL,
            tag_value {text} NOT NULL,
            PRIMARY KEY (account, region, arn, tag_key));

        CREATE TABLE glue_resource_policies (
            account {text} NOT NULL, region {text} NOT NULL, arn {text} NOT NULL,
            policy {text} NOT NULL, hash {text} NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
            PRIMARY KEY (account, region, arn));

        CREATE TABLE glue_catalog_settings (
            account {text} NOT NULL, region {text} NOT NULL, name {text} NOT NULL,
            definition {text} NOT NULL,
            PRIMARY KEY (account, region, name));
        """,
    ]);
}
