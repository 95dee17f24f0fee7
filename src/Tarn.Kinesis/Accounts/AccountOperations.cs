using Tarn.Api.Kinesis;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Accounts;

/// <summary>The settings of an account in a region.</summary>
internal sealed class AccountOperations(AccountStore accounts, TimeProvider time)
{
    public async ValueTask<DescribeAccountSettingsOutput> DescribeAccountSettings(DescribeAccountSettingsInput request, RequestContext context, CancellationToken cancellationToken) =>
        new() { MinimumThroughputBillingCommitment = ToShape(await accounts.GetAsync(context.Scope, cancellationToken)) };

    public async ValueTask<UpdateAccountSettingsOutput> UpdateAccountSettings(UpdateAccountSettingsInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var isEnabled = request.MinimumThroughputBillingCommitment!.Status == "ENABLED";
        var changed = await accounts.ChangeAsync(context.Scope, account => isEnabled ? account.Enable(now) : account.Disable(now), cancellationToken);
        return new UpdateAccountSettingsOutput { MinimumThroughputBillingCommitment = ToShape(changed) };
    }

    private MinimumThroughputBillingCommitmentOutput ToShape(AccountRecord account)
    {
        var now = time.GetUtcNow();
        return new MinimumThroughputBillingCommitmentOutput
        {
            Status = account.Status(now),
            StartedAt = account.StartedAt,
            EndedAt = account.IsCommitted(now) ? null : account.EndedAt,
            EarliestAllowedEndAt = account.IsCommitted(now) ? account.EarliestAllowedEndAt : null,
        };
    }
}
