using Tarn.Api.S3;
using Tarn.Contracts;
using Tarn.Lake.Buckets;

namespace Tarn.Lake.Tests.Buckets;

public sealed class BucketTests
{
    private static readonly AwsScope Frankfurt = new("000000000000", "eu-central-1");
    private static readonly AwsScope Stranger = new("111111111111", "us-east-1");

    [Theory]
    [InlineData("abc", true)]
    [InlineData("a-b.c-1", true)]
    [InlineData("ab", false)]
    [InlineData("Abc", false)]
    [InlineData("a_b", false)]
    [InlineData("-ab", false)]
    [InlineData("ab.", false)]
    [InlineData("a..b", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("xn--abc", false)]
    [InlineData("abc-s3alias", false)]
    [InlineData(".tarn", false)]
    public void Names_follow_the_rules_of_S3(string name, bool valid) => Assert.Equal(valid, BucketName.IsValid(name));

    [Fact]
    public async Task Buckets_have_one_owner_and_one_region()
    {
        await using var lake = await TestLake.OpenAsync();
        await lake.CallAsync(S3Model.CreateBucket, new CreateBucketRequest { Bucket = TestLake.Bucket });
        await TestLake.FailsAsync(lake.CallAsync(S3Model.CreateBucket, new CreateBucketRequest { Bucket = TestLake.Bucket }, scope: Stranger), "BucketAlreadyExists");
        await TestLake.FailsAsync(lake.CallAsync(S3Model.CreateBucket, new CreateBucketRequest { Bucket = "frankfurt" }, scope: Frankfurt), "IllegalLocationConstraintException");
        await lake.CallAsync(S3Model.CreateBucket, new CreateBucketRequest { Bucket = "frankfurt", CreateBucketConfiguration = new CreateBucketConfiguration { LocationConstraint = "eu-central-1" } }, scope: Frankfurt);
        await TestLake.FailsAsync(lake.CallAsync(S3Model.CreateBucket, new CreateBucketRequest { Bucket = "frankfurt", CreateBucketConfiguration = new CreateBucketConfiguration { LocationConstraint = "eu-central-1" } }, scope: Frankfurt), "BucketAlreadyOwnedByYou");
        await TestLake.FailsAsync(lake.CallAsync(S3Model.CreateBucket, new CreateBucketRequest { Bucket = "nowhere", CreateBucketConfiguration = new CreateBucketConfiguration { LocationConstraint = "mars" } }), "InvalidLocationConstraint");
        Assert.Equal("eu-central-1", (await lake.CallAsync(S3Model.HeadBucket, new HeadBucketRequest { Bucket = "frankfurt" })).BucketRegion);
        Assert.Null((await lake.CallAsync(S3Model.GetBucketLocation, new GetBucketLocationRequest { Bucket = TestLake.Bucket })).LocationConstraint);
        await TestLake.FailsAsync(lake.CallAsync(S3Model.HeadBucket, new HeadBucketRequest { Bucket = TestLake.Bucket }, scope: Stranger), "AccessDenied");
        await TestLake.FailsAsync(lake.CallAsync(S3Model.HeadBucket, new HeadBucketRequest { Bucket = TestLake.Bucket, ExpectedBucketOwner = "111111111111" }), "AccessDenied");
        var missing = await TestLake.FailsAsync(lake.CallAsync(S3Model.HeadBucket, new HeadBucketRequest { Bucket = "missing" }), "NoSuchBucket");
        Assert.Equal(("missing", 404), (missing.Members!.Single().Value, missing.HttpStatus));

        var page = await lake.CallAsync(S3Model.ListBuckets, new ListBucketsRequest { MaxBuckets = 1 });
        Assert.Equal("bucket", page.Buckets!.Single().Name);
        page = await lake.CallAsync(S3Model.ListBuckets, new ListBucketsRequest { MaxBuckets = 1, ContinuationToken = page.ContinuationToken });
        Assert.Equal(("frankfurt", null), (page.Buckets!.Single().Name, page.ContinuationToken));
        Assert.Empty((await lake.CallAsync(S3Model.ListBuckets, new ListBucketsRequest(), scope: Stranger)).Buckets!);
    }

    [Fact]
    public async Task Only_an_empty_bucket_is_deleted_and_it_stays_deleted()
    {
        await using var lake = await TestLake.OpenAsync();
        await lake.PutAsync("deep/er/k", "v");
        await TestLake.FailsAsync(lake.CallAsync(S3Model.DeleteBucket, new DeleteBucketRequest { Bucket = TestLake.Bucket }), "BucketNotEmpty");
        await lake.Service.Lake.DeleteAsync(TestLake.Scope, TestLake.Bucket, "deep/er/k", CancellationToken.None);
        Directory.CreateDirectory(Path.Combine(lake.BucketFolder, "left/empty"));
        await lake.CallAsync(S3Model.DeleteBucket, new DeleteBucketRequest { Bucket = TestLake.Bucket });
        Assert.False(Directory.Exists(lake.BucketFolder));
        await using var again = await lake.ReopenAsync();
        await TestLake.FailsAsync(again.PutAsync("k", "v"), "NoSuchBucket");
    }

    [Fact]
    public async Task Writers_and_a_deleter_of_the_bucket_agree_on_who_came_first()
    {
        await using var lake = await TestLake.OpenAsync();
        for (var round = 0; round < 30; round++)
        {
            var put = Task.Run(() => lake.PutAsync("a/b", "v"));
            var delete = Task.Run(() => lake.CallAsync(S3Model.DeleteBucket, new DeleteBucketRequest { Bucket = TestLake.Bucket }));
            var outcomes = (await OutcomeAsync(put), await OutcomeAsync(delete));
            Assert.Contains(outcomes, new (string?, string?)[] { (null, "BucketNotEmpty"), ("NoSuchBucket", null) });
            if (outcomes.Item2 is null)
            {
                await lake.CallAsync(S3Model.CreateBucket, new CreateBucketRequest { Bucket = TestLake.Bucket });
            }
            else
            {
                Assert.Equal("v", await lake.GetAsync("a/b"));
                await lake.Service.Lake.DeleteAsync(TestLake.Scope, TestLake.Bucket, "a/b", CancellationToken.None);
            }
        }

        static async Task<string?> OutcomeAsync<T>(Task<T> call)
        {
            try
            {
                await call;
                return null;
            }
            catch (AwsException failure)
            {
                return failure.Code;
            }
        }
    }

    [Fact]
    public async Task A_bucket_answers_what_AWS_answers_for_settings_it_never_had_and_refuses_those_not_enforced()
    {
        await using var lake = await TestLake.OpenAsync();
        Assert.Null((await lake.CallAsync(S3Model.GetBucketVersioning, new GetBucketVersioningRequest { Bucket = TestLake.Bucket })).Status);
        Assert.Equal("AES256", (await lake.CallAsync(S3Model.GetBucketEncryption, new GetBucketEncryptionRequest { Bucket = TestLake.Bucket })).ServerSideEncryptionConfiguration!.Rules!.Single().ApplyServerSideEncryptionByDefault!.SSEAlgorithm);
        Assert.True((await lake.CallAsync(S3Model.GetPublicAccessBlock, new GetPublicAccessBlockRequest { Bucket = TestLake.Bucket })).PublicAccessBlockConfiguration!.BlockPublicAcls);
        Assert.Equal("FULL_CONTROL", (await lake.CallAsync(S3Model.GetBucketAcl, new GetBucketAclRequest { Bucket = TestLake.Bucket })).Grants!.Single().Permission);
        Assert.Equal(404, (await TestLake.FailsAsync(lake.CallAsync(S3Model.GetBucketPolicy, new GetBucketPolicyRequest { Bucket = TestLake.Bucket }), "NoSuchBucketPolicy")).HttpStatus);
        await TestLake.FailsAsync(lake.CallAsync(S3Model.GetBucketCors, new GetBucketCorsRequest { Bucket = TestLake.Bucket }), "NoSuchCORSConfiguration");
        await TestLake.FailsAsync(lake.CallAsync(S3Model.GetBucketLifecycleConfiguration, new GetBucketLifecycleConfigurationRequest { Bucket = TestLake.Bucket }), "NoSuchLifecycleConfiguration");
        await TestLake.FailsAsync(lake.CallAsync(S3Model.GetBucketTagging, new GetBucketTaggingRequest { Bucket = TestLake.Bucket }), "NoSuchTagSet");
        Assert.Equal(501, (await TestLake.FailsAsync(lake.CallAsync(S3Model.PutBucketPolicy, new PutBucketPolicyRequest { Bucket = TestLake.Bucket, Policy = "{}" }), "NotImplemented")).HttpStatus);
        await TestLake.FailsAsync(lake.CallAsync(S3Model.PutBucketVersioning, new PutBucketVersioningRequest { Bucket = TestLake.Bucket, VersioningConfiguration = new VersioningConfiguration { Status = "Enabled" } }), "NotImplemented");
        await lake.CallAsync(S3Model.PutBucketVersioning, new PutBucketVersioningRequest { Bucket = TestLake.Bucket, VersioningConfiguration = new VersioningConfiguration { Status = "Suspended" } });
        await lake.CallAsync(S3Model.PutBucketTagging, new PutBucketTaggingRequest { Bucket = TestLake.Bucket, Tagging = new Tagging { TagSet = [new Tag { Key = "team", Value = "data" }] } });
        await lake.CallAsync(S3Model.DeleteBucketPolicy, new DeleteBucketPolicyRequest { Bucket = TestLake.Bucket });

        await using var again = await lake.ReopenAsync();
        Assert.Equal("Suspended", (await again.CallAsync(S3Model.GetBucketVersioning, new GetBucketVersioningRequest { Bucket = TestLake.Bucket })).Status);
        Assert.Equal("data", (await again.CallAsync(S3Model.GetBucketTagging, new GetBucketTaggingRequest { Bucket = TestLake.Bucket })).TagSet!.Single().Value);
    }
}
