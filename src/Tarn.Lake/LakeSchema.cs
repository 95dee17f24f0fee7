using Tarn.Store;

namespace Tarn.Lake;

/// <summary>The lake's tables. Keys are bytes, so that both databases order them as S3 does and take any character.</summary>
public static class LakeSchema
{
    public static readonly StoreSchema Schema = new("lake",
    [
        """
        CREATE TABLE lake_buckets (
            name {text} PRIMARY KEY,
            account {text} NOT NULL,
            region {text} NOT NULL,
            created BIGINT NOT NULL,
            tags {text},
            settings {text}
        );
        CREATE TABLE lake_uploads (
            upload_id {text} PRIMARY KEY,
            bucket {text} NOT NULL,
            object_key {blob} NOT NULL,
            initiated BIGINT NOT NULL,
            algorithm {text},
            checksum_type {text},
            record {blob} NOT NULL
        );
        CREATE INDEX lake_uploads_by_key ON lake_uploads (bucket, object_key, upload_id);
        CREATE TABLE lake_parts (
            upload_id {text} NOT NULL,
            part BIGINT NOT NULL,
            size BIGINT NOT NULL,
            md5 {blob} NOT NULL,
            checksum {blob} NOT NULL,
            modified BIGINT NOT NULL,
            file {text} NOT NULL,
            PRIMARY KEY (upload_id, part)
        );
        CREATE TABLE lake_foreign_etags (
            bucket {text} NOT NULL,
            object_key {blob} NOT NULL,
            inode BIGINT NOT NULL,
            size BIGINT NOT NULL,
            modified_ns BIGINT NOT NULL,
            etag {text} NOT NULL,
            PRIMARY KEY (bucket, object_key)
        )
        """,
    ]);
}
