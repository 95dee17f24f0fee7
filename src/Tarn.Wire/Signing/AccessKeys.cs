using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Tarn.Wire.Signing;

/// <summary>A secret and whom it stands for. Not a record: its text form must not show the secret.</summary>
internal sealed class AccessKey(string id, string secret, string accountId, string callerArn)
{
    public string Id { get; } = id;

    public string Secret { get; } = secret;

    public string AccountId { get; } = accountId;

    public string CallerArn { get; } = callerArn;
}

/// <summary>
/// The long-lived access keys of the server: those that are configured or, when none are and the server listens on loopback only, the
/// default key. Immutable; any thread may ask.
/// </summary>
public sealed class AccessKeys
{
    public const string DefaultKeyId = "test";

    public const string DefaultSecret = "test";

    private const int KeysNamedMax = 10;

    private readonly FrozenDictionary<string, AccessKey>.AlternateLookup<ReadOnlySpan<char>> byId;
    private readonly ImmutableArray<string> ids;
    private readonly bool isConfigured;
    private readonly bool loopbackOnly;

    /// <param name="loopbackOnly">Whether the server can be reached from this machine alone; the default key works only then.</param>
    /// <exception cref="ArgumentException">A configured key is not legal; the message says which and why.</exception>
    public AccessKeys(IReadOnlyList<AccessKeyOptions> configured, bool loopbackOnly)
    {
        var keys = new Dictionary<string, AccessKey>(StringComparer.Ordinal);
        foreach (var options in configured)
        {
            var key = Checked(options);
            if (!keys.TryAdd(key.Id, key))
            {
                throw new ArgumentException($"accessKeys: the id '{key.Id}' is there twice.");
            }
        }

        this.loopbackOnly = loopbackOnly;
        isConfigured = configured.Count > 0;
        HasDefaultKey = !isConfigured && loopbackOnly;
        if (HasDefaultKey)
        {
            keys.Add(DefaultKeyId, Default(DefaultKeyId, CallerNames.DefaultAccountId));
        }

        byId = keys.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        ids = [.. keys.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>Whether the default key works: none is configured, and only this machine reaches the server.</summary>
    public bool HasDefaultKey { get; }

    internal AccessKey? Find(ReadOnlySpan<char> id)
    {
        if (byId.TryGetValue(id, out var key))
        {
            return key;
        }

        if (HasDefaultKey && CallerNames.IsAccountId(id))
        {
            var account = id.ToString();
            return Default(account, account);
        }

        return null;
    }

    /// <summary>
    /// One or two sentences for those whose key is not known: which keys there are, and how to add one. The ids are named on loopback only: elsewhere anyone may ask,
    /// and half of a credential is not told to strangers.
    /// </summary>
    internal string Hint()
    {
        if (!isConfigured)
        {
            return HasDefaultKey
                ? $"This server has the access key '{DefaultKeyId}' (secret '{DefaultSecret}'; a 12-digit account id with the same secret acts for that account). Add others under \"accessKeys\" in tarn.json."
                : $"This server has no access keys: the default key '{DefaultKeyId}' works on loopback only. Add one under \"accessKeys\" in tarn.json.";
        }

        if (!loopbackOnly)
        {
            return "Keys are those under \"accessKeys\" in the server's tarn.json.";
        }

        var named = string.Join(", ", ids.Take(KeysNamedMax).Select(id => $"'{id}'"));
        var more = ids.Length > KeysNamedMax ? $" and {ids.Length - KeysNamedMax} more" : "";
        return $"This server has the access keys {named}{more}. Add others under \"accessKeys\" in tarn.json.";
    }

    private static AccessKey Default(string id, string account) =>
        new(id, DefaultSecret, account, CallerNames.Arn(account, user: null));

    private static AccessKey Checked(AccessKeyOptions options)
    {
        if (options.Id.Length is < 3 or > 128 || options.Id.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '_'))
        {
            throw new ArgumentException($"accessKeys: the id '{options.Id}' must have 3 to 128 letters, digits or underscores.");
        }

        if (options.Id.StartsWith(TemporaryCredentials.AccessKeyPrefix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"accessKeys: the id '{options.Id}' must not begin with {TemporaryCredentials.AccessKeyPrefix}, which marks the temporary keys that STS gives out.");
        }

        if (options.Secret.Length == 0)
        {
            throw new ArgumentException($"accessKeys: the key '{options.Id}' has an empty secret.");
        }

        var account = options.Account ?? (CallerNames.IsAccountId(options.Id) ? options.Id : CallerNames.DefaultAccountId);
        if (!CallerNames.IsAccountId(account))
        {
            throw new ArgumentException($"accessKeys: the account '{account}' of the key '{options.Id}' must have 12 digits.");
        }

        return new AccessKey(options.Id, options.Secret, account, CallerNames.Arn(account, options.User));
    }
}
