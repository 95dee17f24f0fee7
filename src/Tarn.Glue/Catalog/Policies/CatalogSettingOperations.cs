using Tarn.Api.Glue;
using Tarn.Glue.Catalog.Records;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Catalog.Policies;

/// <summary>
/// What concerns a catalog as a whole. There never was an Athena catalog before Glue's to import, so the import counts as done. Encryption settings are
/// kept; a mode that would encrypt is refused, because nothing here would do it.
/// </summary>
internal sealed class CatalogSettingOperations(IMetadataStore store)
{
    private const string EncryptionName = "encryption";

    public ValueTask<GetCatalogImportStatusResponse> GetCatalogImportStatus(GetCatalogImportStatusRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        context.Catalog(request.CatalogId, "GetCatalogImportStatus");
        return ValueTask.FromResult(new GetCatalogImportStatusResponse { ImportStatus = new CatalogImportStatus { ImportCompleted = true } });
    }

    public async ValueTask<GetDataCatalogEncryptionSettingsResponse> GetDataCatalogEncryptionSettings(
        GetDataCatalogEncryptionSettingsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "GetDataCatalogEncryptionSettings");
        var json = await store.ReadAsync(
            reader => reader.QueryFirst(
                "SELECT definition FROM glue_catalog_settings WHERE account = @p0 AND region = @p1 AND name = @p2", row => row.Text(0), scope.AccountId, scope.Region, EncryptionName),
            cancellationToken);
        var stored = json is null ? new Encryption(null) : CatalogJson.Read<Encryption>(json);
        return new GetDataCatalogEncryptionSettingsResponse
        {
            DataCatalogEncryptionSettings = new DataCatalogEncryptionSettings
            {
                EncryptionAtRest = new EncryptionAtRest { CatalogEncryptionMode = CatalogEncryptionMode.DISABLED },
                ConnectionPasswordEncryption = new ConnectionPasswordEncryption { ReturnConnectionPasswordEncrypted = false, AwsKmsKeyId = stored.PasswordKeyId },
            },
        };
    }

    public async ValueTask<PutDataCatalogEncryptionSettingsResponse> PutDataCatalogEncryptionSettings(
        PutDataCatalogEncryptionSettingsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "PutDataCatalogEncryptionSettings");
        var settings = request.DataCatalogEncryptionSettings!;
        if (settings.EncryptionAtRest is { } atRest && atRest.CatalogEncryptionMode != CatalogEncryptionMode.DISABLED)
        {
            throw GlueErrors.InvalidInput("Tarn does not encrypt its catalog: encrypt the disk, and leave CatalogEncryptionMode at DISABLED.");
        }

        if (settings.ConnectionPasswordEncryption?.ReturnConnectionPasswordEncrypted == true)
        {
            throw GlueErrors.InvalidInput("Tarn does not encrypt connection passwords with KMS: leave ReturnConnectionPasswordEncrypted at false.");
        }

        await store.WriteAsync(
            writer => writer.Execute(
                """
                INSERT INTO glue_catalog_settings (account, region, name, definition) VALUES (@p0, @p1, @p2, @p3)
                ON CONFLICT (account, region, name) DO UPDATE SET definition = excluded.definition
                """,
                scope.AccountId, scope.Region, EncryptionName, CatalogJson.Write(new Encryption(settings.ConnectionPasswordEncryption?.AwsKmsKeyId))),
            cancellationToken);
        return new PutDataCatalogEncryptionSettingsResponse();
    }

    private sealed record Encryption(string? PasswordKeyId);
}
