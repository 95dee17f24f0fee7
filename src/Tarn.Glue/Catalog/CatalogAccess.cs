using Tarn.Contracts;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Catalog;

/// <summary>Which catalog a request means: each account has one in each region, named by the account's id.</summary>
internal static class CatalogAccess
{
    /// <summary>The scope of the request's catalog. Throws AccessDeniedException for another account's, EntityNotFoundException for no account's.</summary>
    public static AwsScope Catalog(this RequestContext context, string? catalogId, string operation)
    {
        if (catalogId is null || catalogId == context.Scope.AccountId)
        {
            return context.Scope;
        }

        throw catalogId.Length == 12 && catalogId.All(char.IsAsciiDigit)
            ? GlueErrors.AccessDenied(context.CallerArn, operation, $"arn:aws:glue:{context.Scope.Region}:{catalogId}:catalog")
            : GlueErrors.EntityNotFound($"Catalog {catalogId} not found.");
    }
}
