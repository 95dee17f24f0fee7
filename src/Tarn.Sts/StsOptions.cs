namespace Tarn.Sts;

/// <summary>Settings of STS.</summary>
public sealed class StsOptions
{
    /// <summary>
    /// Whether a caller may assume a role of another account. There are no trust policies that could allow it, so the default is no;
    /// a server with the default access key, which opens every account anyway, sets it.
    /// </summary>
    public bool AllowsRolesOfOtherAccounts { get; init; }

    /// <summary>The lifetime of a session token where the caller does not say. Default: 12 hours, as in AWS.</summary>
    public TimeSpan SessionLifetimeDefault { get; init; } = TimeSpan.FromHours(12);

    /// <summary>The lifetime of a role's session where the caller does not say. Default: 1 hour, as in AWS.</summary>
    public TimeSpan RoleLifetimeDefault { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The longest session of a role that another role's session assumed, and of a root's session token. Default: 1 hour, as in AWS.</summary>
    public TimeSpan ChainedLifetimeMax { get; init; } = TimeSpan.FromHours(1);
}
