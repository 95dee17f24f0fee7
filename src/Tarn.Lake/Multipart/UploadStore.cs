using System.Text;
using Tarn.Lake.Files;
using Tarn.Lake.Objects;
using Tarn.Store;
using Tarn.Wire.Checksums;

namespace Tarn.Lake.Multipart;

/// <summary>Uploads and their parts: rows of the metadata store, and a folder of part files for each upload. A part's row decides which file it is.</summary>
internal sealed class UploadStore(IMetadataStore store, string folder, FolderSyncs folderSyncs)
{
    private const string PartColumns = "part, size, md5, checksum, modified, file";

    private const string UploadColumns = "upload_id, bucket, object_key, initiated, algorithm, checksum_type, record";

    /// <summary>Makes the folder of all uploads, and deletes folders in it whose upload is gone: a crash came between the row's end and the folder's.</summary>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await SyncAsync(Path.GetDirectoryName(folder)!).ConfigureAwait(false);
        foreach (var path in Directory.EnumerateDirectories(folder))
        {
            if (await FindAsync(Path.GetFileName(path), cancellationToken).ConfigureAwait(false) is null)
            {
                Directory.Delete(path, recursive: true);
            }
        }
    }

    public string FolderOf(string uploadId) => Path.Combine(folder, uploadId);

    public async ValueTask AddAsync(Upload upload, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(FolderOf(upload.Id));
        await SyncAsync(folder).ConfigureAwait(false);
        await store.WriteAsync(
            writer => writer.Execute(
                $"INSERT INTO lake_uploads ({UploadColumns}) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6)",
                upload.Id, upload.Bucket, Encoding.UTF8.GetBytes(upload.Key), upload.Initiated.ToMicroseconds(),
                (upload.Asked ? "" : "default ") + upload.Algorithm.AwsName(), upload.ChecksumTypeName, ObjectRecordCodec.Encode(upload.Record)),
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<Upload?> FindAsync(string uploadId, CancellationToken cancellationToken) =>
        await store.ReadAsync(reader => reader.QueryFirst($"SELECT {UploadColumns} FROM lake_uploads WHERE upload_id = @p0", MapUpload, uploadId), cancellationToken).ConfigureAwait(false);

    /// <summary>The upload of this bucket and key; throws <c>NoSuchUpload</c>.</summary>
    public async ValueTask<Upload> GetAsync(string bucket, string key, string uploadId, CancellationToken cancellationToken) =>
        await FindAsync(bucket, key, uploadId, cancellationToken).ConfigureAwait(false) ?? throw LakeErrors.NoSuchUpload(uploadId);

    /// <summary>The upload of this bucket and key; null when there is none.</summary>
    public async ValueTask<Upload?> FindAsync(string bucket, string key, string uploadId, CancellationToken cancellationToken) =>
        await FindAsync(uploadId, cancellationToken).ConfigureAwait(false) is { } upload && upload.Bucket == bucket && upload.Key == key ? upload : null;

    /// <summary>Uploads of a bucket by key and id, above a key and, at that key, above an id.</summary>
    /// <param name="idMarker">Null passes over every upload of the marker's key.</param>
    public async ValueTask<IReadOnlyList<Upload>> ListAsync(string bucket, byte[] prefix, byte[] keyMarker, string? idMarker, int countMax, CancellationToken cancellationToken)
    {
        byte[] end = [.. prefix, 0xFF];
        return await store.ReadAsync(
            reader => reader.Query(
                $"""
                SELECT {UploadColumns} FROM lake_uploads
                WHERE bucket = @p0 AND object_key >= @p1 AND object_key < @p2 AND (object_key > @p3 OR (object_key = @p3 AND upload_id > @p4))
                ORDER BY object_key, upload_id LIMIT @p5
                """,
                MapUpload, bucket, prefix, end, keyMarker, idMarker ?? "~", (long)countMax),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a part of a file that is in the upload's folder and synced; a former part of this number is replaced.</summary>
    public async ValueTask AddPartAsync(string uploadId, UploadedPart part, CancellationToken cancellationToken)
    {
        var replaced = await store.WriteAsync(
            writer =>
            {
                if (writer.QueryFirst("SELECT 1 FROM lake_uploads WHERE upload_id = @p0", row => row.Long(0), uploadId) == 0)
                {
                    throw LakeErrors.NoSuchUpload(uploadId);
                }

                var old = writer.QueryFirst("SELECT file FROM lake_parts WHERE upload_id = @p0 AND part = @p1", row => row.Text(0), uploadId, (long)part.Number);
                writer.Execute(
                    $"""
                    INSERT INTO lake_parts (upload_id, {PartColumns}) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6)
                    ON CONFLICT (upload_id, part) DO UPDATE SET size = @p2, md5 = @p3, checksum = @p4, modified = @p5, file = @p6
                    """,
                    uploadId, (long)part.Number, part.Size, part.Md5, part.Checksum, part.Modified.ToMicroseconds(), part.File);
                return old;
            },
            cancellationToken).ConfigureAwait(false);
        if (replaced is not null)
        {
            File.Delete(Path.Combine(FolderOf(uploadId), replaced));
        }
    }

    public async ValueTask<IReadOnlyList<UploadedPart>> PartsAsync(string uploadId, int above, int countMax, CancellationToken cancellationToken) =>
        await store.ReadAsync(
            reader => reader.Query($"SELECT {PartColumns} FROM lake_parts WHERE upload_id = @p0 AND part > @p1 ORDER BY part LIMIT @p2", MapPart, uploadId, (long)above, (long)countMax),
            cancellationToken).ConfigureAwait(false);

    /// <summary>Ends an upload: its rows, then its files. False when it had ended already.</summary>
    public async ValueTask<bool> RemoveAsync(string uploadId, CancellationToken cancellationToken)
    {
        var removed = await store.WriteAsync(
            writer =>
            {
                writer.Execute("DELETE FROM lake_parts WHERE upload_id = @p0", uploadId);
                return writer.Execute("DELETE FROM lake_uploads WHERE upload_id = @p0", uploadId);
            },
            cancellationToken).ConfigureAwait(false);
        if (Directory.Exists(FolderOf(uploadId)))
        {
            Directory.Delete(FolderOf(uploadId), recursive: true);
        }

        return removed > 0;
    }

    private async ValueTask SyncAsync(string path)
    {
        using var handle = FolderHandle.Open(path);
        await folderSyncs.SyncAsync(handle).ConfigureAwait(false);
    }

    private static Upload MapUpload(StoreRow row)
    {
        var algorithm = row.Text(4);
        var asked = !algorithm.StartsWith("default ", StringComparison.Ordinal);
        if (!ChecksumAlgorithms.TryParse(asked ? algorithm : algorithm["default ".Length..], out var parsed))
        {
            throw new InvalidDataException($"lake_uploads: unknown checksum algorithm '{algorithm}'.");
        }

        var record = ObjectRecordCodec.Decode(row.Bytes(6)) ?? throw new InvalidDataException($"lake_uploads: the record of upload '{row.Text(0)}' is corrupt.");
        return new Upload(row.Text(0), row.Text(1), Encoding.UTF8.GetString(row.Bytes(2)), row.Time(3), parsed, asked, row.Text(5) == "COMPOSITE", record);
    }

    private static UploadedPart MapPart(StoreRow row) => new(row.Int(0), row.Long(1), row.Bytes(2), row.Bytes(3), row.Time(4), row.Text(5));
}
