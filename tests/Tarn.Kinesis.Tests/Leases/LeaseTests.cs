using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tarn.Api.Leases;
using Tarn.Contracts;
using Tarn.Kinesis.Leases;
using Tarn.Store;
using Tarn.Testing;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Tests.Leases;

public sealed class LeaseTests : IDisposable
{
    private const string Application = "app";

    private readonly string folder = Directory.CreateTempSubdirectory("tarn-leases-").FullName;
    private AwsScope scope = new("123456789012", "us-east-1");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>The two stores that leases are kept in.</summary>
    public static TheoryData<StoreKind> Stores => [StoreKind.Sqlite, StoreKind.Postgresql];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_lease_is_created_once_and_keeps_what_it_was_given(StoreKind kind)
    {
        await using var store = await OpenAsync(kind);
        var service = new LeaseService(store, new LeaseOptions());
        var lease = new Lease
        {
            LeaseKey = "shardId-000000000002", Counter = 0, Owner = "w", Checkpoint = "123", SubSequenceNumber = 4, ParentShardIds = ["shardId-000000000000", "shardId-000000000001"],
            StartingHashKey = "0", EndingHashKey = "340282366920938463463374607431768211455", OwnerSwitches = 5, RequestedBy = "x",
        };
        var created = (await Call(service, LeasesModel.CreateLease, new CreateLeaseInput { ApplicationName = Application, Lease = lease })).Lease!;
        Assert.Equivalent(lease, created, strict: true);
        Assert.Equivalent(lease, (await Call(service, LeasesModel.GetLease, Get(lease.LeaseKey!))).Lease, strict: true);
        await Fails(service, LeasesModel.CreateLease, new CreateLeaseInput { ApplicationName = Application, Lease = New(lease.LeaseKey!) }, "ConditionalCheckFailedException");
        Assert.Equivalent(lease, (await Call(service, LeasesModel.GetLease, Get(lease.LeaseKey!))).Lease, strict: true);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Of_many_who_update_with_the_same_counter_one_wins(StoreKind kind)
    {
        await using var store = await OpenAsync(kind);
        var service = new LeaseService(store, new LeaseOptions());
        await Call(service, LeasesModel.CreateLease, new CreateLeaseInput { ApplicationName = Application, Lease = New("a") });
        for (var counter = 0; counter < 10; counter++)
        {
            var winners = await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => TakeAsync(service, $"w{worker}", counter)));
            var winner = Assert.Single(winners, owner => owner is not null);
            var lease = (await Call(service, LeasesModel.GetLease, Get("a"))).Lease!;
            Assert.Equal((winner, counter + 1), (lease.Owner, lease.Counter));
        }
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_lease_is_deleted_only_by_who_knows_its_counter(StoreKind kind)
    {
        await using var store = await OpenAsync(kind);
        var service = new LeaseService(store, new LeaseOptions());
        await Call(service, LeasesModel.CreateLease, new CreateLeaseInput { ApplicationName = Application, Lease = New("a") });
        await Call(service, LeasesModel.UpdateLease, new UpdateLeaseInput { ApplicationName = Application, ExpectedCounter = 0, Lease = New("a") });
        await Fails(service, LeasesModel.DeleteLease, new DeleteLeaseInput { ApplicationName = Application, LeaseKey = "a", ExpectedCounter = 0 }, "ConditionalCheckFailedException");
        await Call(service, LeasesModel.DeleteLease, new DeleteLeaseInput { ApplicationName = Application, LeaseKey = "a", ExpectedCounter = 1 });
        await Fails(service, LeasesModel.DeleteLease, new DeleteLeaseInput { ApplicationName = Application, LeaseKey = "a", ExpectedCounter = 1 }, "ResourceNotFoundException");
        await Fails(service, LeasesModel.UpdateLease, new UpdateLeaseInput { ApplicationName = Application, ExpectedCounter = 1, Lease = New("a") }, "ResourceNotFoundException");
        await Fails(service, LeasesModel.GetLease, Get("a"), "ResourceNotFoundException");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Leases_are_listed_by_key_in_pages_and_belong_to_an_application_of_an_account_in_a_region(StoreKind kind)
    {
        await using var store = await OpenAsync(kind);
        var service = new LeaseService(store, new LeaseOptions());
        foreach (var key in new[] { "b", "a", "Z", "c" })
        {
            await Call(service, LeasesModel.CreateLease, new CreateLeaseInput { ApplicationName = Application, Lease = New(key) });
        }

        var first = await Call(service, LeasesModel.ListLeases, new ListLeasesInput { ApplicationName = Application, MaxResults = 3 });
        Assert.Equal(["Z", "a", "b"], first.Leases!.Select(lease => lease.LeaseKey));
        var second = await Call(service, LeasesModel.ListLeases, new ListLeasesInput { ApplicationName = Application, MaxResults = 3, NextToken = first.NextToken });
        Assert.Equal("c", Assert.Single(second.Leases!).LeaseKey);
        Assert.Null(second.NextToken);
        await Fails(service, LeasesModel.ListLeases, new ListLeasesInput { ApplicationName = "other", NextToken = first.NextToken }, "InvalidArgumentException");
        Assert.Empty((await Call(service, LeasesModel.ListLeases, new ListLeasesInput { ApplicationName = "other" })).Leases!);
        foreach (var other in new[] { scope with { Region = "eu-west-1" }, scope with { AccountId = "210987654321" } })
        {
            scope = other;
            Assert.Empty((await Call(service, LeasesModel.ListLeases, new ListLeasesInput { ApplicationName = Application })).Leases!);
        }
    }

    [Fact]
    public async Task An_application_has_a_limit_of_leases()
    {
        await using var store = await OpenAsync(StoreKind.Sqlite);
        var service = new LeaseService(store, new LeaseOptions { LeasesPerApplicationMax = 1 });
        await Call(service, LeasesModel.CreateLease, new CreateLeaseInput { ApplicationName = Application, Lease = New("a") });
        await Fails(service, LeasesModel.CreateLease, new CreateLeaseInput { ApplicationName = Application, Lease = New("b") }, "LimitExceededException");
        await Call(service, LeasesModel.CreateLease, new CreateLeaseInput { ApplicationName = "other", Lease = New("b") });
    }

    [Fact]
    public void A_lease_is_stored_as_it_always_was()
    {
        var record = new LeaseRecord
        {
            Owner = "w", Checkpoint = "TRIM_HORIZON", SubSequenceNumber = 1, ParentShardIds = ["p"], StartingHashKey = "0", EndingHashKey = "9", OwnerSwitches = 2, RequestedBy = "x",
        };
        const string Stored =
            """{"owner":"w","checkpoint":"TRIM_HORIZON","subSequenceNumber":1,"parentShardIds":["p"],"startingHashKey":"0","endingHashKey":"9","ownerSwitches":2,"requestedBy":"x"}""";
        Assert.Equal(Stored, JsonSerializer.Serialize(record, LeaseJson.Default.LeaseRecord));
        Assert.Equivalent(record, JsonSerializer.Deserialize(Stored, LeaseJson.Default.LeaseRecord), strict: true);
        Assert.Equivalent(new LeaseRecord { Checkpoint = "LATEST" }, JsonSerializer.Deserialize("""{"checkpoint":"LATEST"}""", LeaseJson.Default.LeaseRecord), strict: true);
    }

    private static Lease New(string key) => new() { LeaseKey = key, Checkpoint = "TRIM_HORIZON" };

    private static GetLeaseInput Get(string key) => new() { ApplicationName = Application, LeaseKey = key };

    private async Task<IMetadataStore> OpenAsync(StoreKind kind)
    {
        var place = kind == StoreKind.Sqlite
            ? StoreOptions.Sqlite(Path.Combine(folder, "tarn.db"))
            : StoreOptions.Postgresql(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        return await MetadataStore.OpenAsync(place, [LeaseService.Schema], logging: null, TestContext.Current.CancellationToken);
    }

    /// <summary>The owner when the update was accepted, else null.</summary>
    private async Task<string?> TakeAsync(LeaseService service, string owner, long counter)
    {
        try
        {
            var lease = new Lease { LeaseKey = "a", Checkpoint = "TRIM_HORIZON", Owner = owner };
            return (await Call(service, LeasesModel.UpdateLease, new UpdateLeaseInput { ApplicationName = Application, ExpectedCounter = counter, Lease = lease })).Lease!.Owner;
        }
        catch (AwsException failure) when (failure.Code == "ConditionalCheckFailedException")
        {
            return null;
        }
    }

    private async Task<TOutput> Call<TInput, TOutput>(LeaseService service, Operation<TInput, TOutput> operation, TInput input)
        where TInput : class
        where TOutput : class
    {
        var handler = (OperationHandler<TInput, TOutput>)service.Operations.Handlers[operation.Name];
        var context = new RequestContext { Scope = scope, AccessKeyId = "test", CallerArn = "", RequestId = "", Http = new DefaultHttpContext() };
        return await handler.Handler(input, context, TestContext.Current.CancellationToken);
    }

    private async Task Fails<TInput, TOutput>(LeaseService service, Operation<TInput, TOutput> operation, TInput input, string code)
        where TInput : class
        where TOutput : class =>
        Assert.Equal(code, (await Assert.ThrowsAsync<AwsException>(() => Call(service, operation, input))).Code);
}
