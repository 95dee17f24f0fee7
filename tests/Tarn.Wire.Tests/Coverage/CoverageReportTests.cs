using Tarn.Api.Sts;
using Tarn.Wire.Coverage;
using Tarn.Wire.Dispatch;

namespace Tarn.Wire.Tests.Coverage;

public sealed class CoverageReportTests
{
    [Fact]
    public void The_report_says_of_every_operation_whether_it_works()
    {
        var table = new OperationTable(StsModel.Service)
            .On(StsModel.GetCallerIdentity, (_, _, _) => ValueTask.FromResult(new GetCallerIdentityResponse()))
            .On(StsModel.AssumeRole, (_, _, _) => ValueTask.FromResult(new AssumeRoleResponse()), partly: "no MFA");

        var report = CoverageReport.Service(table);

        Assert.Contains("11 operations: 1 work, 1 work partly, 9 are absent.", report, StringComparison.Ordinal);
        Assert.Contains("| AssumeRole | partly | no MFA |", report, StringComparison.Ordinal);
        Assert.Contains("| GetCallerIdentity | works |  |", report, StringComparison.Ordinal);
        Assert.Contains("| AssumeRoot | absent |  |", report, StringComparison.Ordinal);
        Assert.Contains("| [AWS Security Token Service](sts.md) | 11 | 1 | 1 | 9 |", CoverageReport.Summary([table]), StringComparison.Ordinal);
    }
}
