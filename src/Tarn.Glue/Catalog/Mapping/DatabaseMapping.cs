using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Glue.Catalog.Records;
using Shapes = Tarn.Api.Glue;

namespace Tarn.Glue.Catalog.Mapping;

/// <summary>Databases between the wire and the records.</summary>
internal static class DatabaseMapping
{
    /// <summary>What AWS grants on the tables of a database that is created without saying: IAM decides.</summary>
    private static readonly StoredPermissions[] IamDecides = [new("IAM_ALLOWED_PRINCIPALS", ["ALL"])];

    private static readonly IReadOnlyDictionary<string, string> NoParameters = new Dictionary<string, string>();

    public static StoredDatabase ToRecord(this Shapes.DatabaseInput input, DateTimeOffset createTime) => new()
    {
        Database = new CatalogDatabase
        {
            Name = input.Name!.ToLowerInvariant(),
            Description = input.Description,
            LocationUri = input.LocationUri,
            Parameters = input.Parameters ?? NoParameters,
            CreateTime = createTime,
        },
        CreateTableDefaultPermissions = input.CreateTableDefaultPermissions is { } permissions
            ? [.. permissions.Select(permission => new StoredPermissions(permission.Principal?.DataLakePrincipalIdentifier, permission.Permissions))]
            : IamDecides,
        Target = input.TargetDatabase is { } target ? new StoredLink(target.CatalogId, target.DatabaseName, null, target.Region) : null,
        Federation = input.FederatedDatabase is { } federated ? new StoredFederation(federated.Identifier, federated.ConnectionName, federated.ConnectionType) : null,
    };

    /// <summary>A database as other services make it.</summary>
    public static StoredDatabase ToRecord(this CatalogDatabase database, DateTimeOffset createTime) => new()
    {
        Database = database with { Name = database.Name.ToLowerInvariant(), CreateTime = createTime },
        CreateTableDefaultPermissions = IamDecides,
    };

    public static Shapes.Database ToApi(this StoredDatabase stored, AwsScope scope) => new()
    {
        Name = stored.Database.Name,
        Description = stored.Database.Description,
        LocationUri = stored.Database.LocationUri,
        Parameters = stored.Database.Parameters.Count == 0 ? null : stored.Database.Parameters,
        CreateTime = stored.Database.CreateTime,
        CreateTableDefaultPermissions = stored.CreateTableDefaultPermissions is { } permissions ? [.. permissions.Select(ToApi)] : null,
        TargetDatabase = TargetToApi(stored),
        CatalogId = scope.AccountId,
        FederatedDatabase = stored.Federation is { } federation
            ? new Shapes.FederatedDatabase { Identifier = federation.Identifier, ConnectionName = federation.ConnectionName, ConnectionType = federation.ConnectionType }
            : null,
    };

    /// <summary>Only what AttributesToGet names.</summary>
    public static Shapes.Database ToApi(this StoredDatabase stored, IReadOnlyList<string> attributes) => new()
    {
        Name = stored.Database.Name,
        TargetDatabase = attributes.Contains(Shapes.DatabaseAttributes.TARGET_DATABASE) ? TargetToApi(stored) : null,
    };

    private static Shapes.DatabaseIdentifier? TargetToApi(StoredDatabase stored) =>
        stored.Target is { } target ? new Shapes.DatabaseIdentifier { CatalogId = target.CatalogId, DatabaseName = target.DatabaseName, Region = target.Region } : null;

    private static Shapes.PrincipalPermissions ToApi(StoredPermissions stored) => new()
    {
        Principal = stored.Principal is { } principal ? new Shapes.DataLakePrincipal { DataLakePrincipalIdentifier = principal } : null,
        Permissions = stored.Permissions,
    };
}
