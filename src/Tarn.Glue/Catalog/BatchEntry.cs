using Tarn.Api.Glue;
using Tarn.Contracts;

namespace Tarn.Glue.Catalog;

/// <summary>One entry of a batch: its failure is reported beside those of the others and stops none of them.</summary>
internal static class BatchEntry
{
    /// <summary>Runs an entry; answers what went wrong, or null.</summary>
    public static ErrorDetail? Try(System.Action entry)
    {
        try
        {
            entry();
            return null;
        }
        catch (AwsException exception)
        {
            return ToDetail(exception);
        }
    }

    public static ErrorDetail ToDetail(AwsException exception) => new() { ErrorCode = exception.Code, ErrorMessage = exception.Message };
}
