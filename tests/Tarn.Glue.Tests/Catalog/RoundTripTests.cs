using System.Collections;
using System.Reflection;
using Tarn.Api.Glue;

namespace Tarn.Glue.Tests.Catalog;

/// <summary>Every member of an input, filled by reflection so that a member new to the model is not forgotten, comes back.</summary>
public sealed class RoundTripTests
{
    [Fact]
    public async Task Every_member_of_DatabaseInput_comes_back()
    {
        await using var glue = await TestGlue.OpenAsync();
        var input = Fill<DatabaseInput>("database");
        await glue.Call(GlueModel.CreateDatabase, new CreateDatabaseRequest { DatabaseInput = input });
        var database = (await glue.Call(GlueModel.GetDatabase, new GetDatabaseRequest { Name = input.Name })).Database!;
        AssertHolds(input, database, "DatabaseInput");
        Assert.Equal((glue.Scope.AccountId, TestGlue.Now), (database.CatalogId, database.CreateTime));
    }

    [Fact]
    public async Task Every_member_of_TableInput_comes_back()
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithDatabase();
        var input = Fill<TableInput>("table", ("PartitionKeys", new List<Column> { new() { Name = "p", Type = "int", Comment = "c" } }));
        await glue.Call(GlueModel.CreateTable, new CreateTableRequest { DatabaseName = "db", TableInput = input });
        var table = (await glue.Call(GlueModel.GetTable, new GetTableRequest { DatabaseName = "db", Name = input.Name })).Table!;
        AssertHolds(input, table, "TableInput");
        Assert.Equal(("db", glue.Scope.AccountId, "0", "arn:aws:iam::123456789012:root"), (table.DatabaseName, table.CatalogId, table.VersionId, table.CreatedBy));

        var changed = Fill<TableInput>("table", ("PartitionKeys", new List<Column> { new() { Name = "q", Type = "string" } }), ("Description", "other"));
        await glue.Call(GlueModel.UpdateTable, new UpdateTableRequest { DatabaseName = "db", TableInput = changed });
        AssertHolds(changed, (await glue.Call(GlueModel.GetTable, new GetTableRequest { DatabaseName = "db", Name = input.Name })).Table!, "TableInput");
        AssertHolds(input, (await glue.Call(GlueModel.GetTableVersion, new GetTableVersionRequest { DatabaseName = "db", TableName = input.Name, VersionId = "0" })).TableVersion!.Table!, "TableInput");
    }

    [Fact]
    public async Task Every_member_of_PartitionInput_comes_back()
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithTable("a:string", "b:string");
        var input = Fill<PartitionInput>("partition");
        await glue.Call(GlueModel.CreatePartition, new CreatePartitionRequest { DatabaseName = "db", TableName = "t", PartitionInput = input });
        var partition = (await glue.Call(GlueModel.GetPartition, new GetPartitionRequest { DatabaseName = "db", TableName = "t", PartitionValues = input.Values })).Partition!;
        AssertHolds(input, partition, "PartitionInput");
        AssertHolds(input, (await glue.Call(GlueModel.GetPartitions, new GetPartitionsRequest { DatabaseName = "db", TableName = "t" })).Partitions![0], "PartitionInput");
        var without = (await glue.Call(GlueModel.GetPartitions, new GetPartitionsRequest { DatabaseName = "db", TableName = "t", ExcludeColumnSchema = true })).Partitions![0];
        Assert.Null(without.StorageDescriptor!.Columns);
        Assert.Equal(partition.StorageDescriptor!.Location, without.StorageDescriptor.Location);
    }

    [Fact]
    public async Task Every_member_of_UserDefinedFunctionInput_comes_back()
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithDatabase();
        var input = Fill<UserDefinedFunctionInput>("function");
        await glue.Call(GlueModel.CreateUserDefinedFunction, new CreateUserDefinedFunctionRequest { DatabaseName = "db", FunctionInput = input });
        AssertHolds(
            input,
            (await glue.Call(GlueModel.GetUserDefinedFunction, new GetUserDefinedFunctionRequest { DatabaseName = "db", FunctionName = input.FunctionName })).UserDefinedFunction!,
            "UserDefinedFunctionInput");
    }

    [Fact]
    public async Task Members_that_were_not_given_stay_absent_or_have_the_default_of_Glue()
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithDatabase();
        await glue.Call(GlueModel.CreateTable, new CreateTableRequest { DatabaseName = "db", TableInput = new TableInput { Name = "t", StorageDescriptor = new StorageDescriptor() } });
        var table = (await glue.Call(GlueModel.GetTable, new GetTableRequest { DatabaseName = "db", Name = "t" })).Table!;
        Assert.Equal((0, false, "0"), (table.Retention, table.IsRegisteredWithLakeFormation, table.VersionId));
        Assert.Empty(table.PartitionKeys!);
        Assert.Null(table.Description);
        Assert.Null(table.Parameters);
        Assert.Null(table.TableType);
        Assert.Null(table.TargetTable);
        var storage = table.StorageDescriptor!;
        Assert.Equal((false, 0, false), (storage.Compressed, storage.NumberOfBuckets, storage.StoredAsSubDirectories));
        Assert.Null(storage.SerdeInfo);
        Assert.Null(storage.BucketColumns);
        Assert.Null(storage.SchemaReference);
        var database = (await glue.Call(GlueModel.GetDatabase, new GetDatabaseRequest { Name = "db" })).Database!;
        Assert.Equal("IAM_ALLOWED_PRINCIPALS", database.CreateTableDefaultPermissions![0].Principal!.DataLakePrincipalIdentifier);
        Assert.Null(database.TargetDatabase);
    }

    private static T Fill<T>(string name, params (string Member, object Value)[] given)
    {
        var value = Fill(typeof(T), name);
        foreach (var (member, given1) in given)
        {
            typeof(T).GetProperty(member)!.SetValue(value, given1);
        }

        return (T)value;
    }

    private static object Fill(Type type, string path)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
        {
            return path;
        }

        if (type == typeof(int) || type == typeof(long))
        {
            return Convert.ChangeType(Math.Abs(path.Length), type);
        }

        if (type == typeof(bool))
        {
            return true;
        }

        if (type == typeof(DateTimeOffset))
        {
            return new DateTimeOffset(2020, 1, 1, 0, 0, path.Length % 60, TimeSpan.Zero);
        }

        if (type.IsGenericType && type.GetGenericArguments() is [var item])
        {
            var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(item))!;
            list.Add(Fill(item, path + "0"));
            list.Add(Fill(item, path + "1"));
            return list;
        }

        if (type.IsGenericType)
        {
            var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(type.GetGenericArguments()))!;
            map.Add(path + "key", Fill(type.GetGenericArguments()[1], path + "value"));
            return map;
        }

        var result = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
        {
            property.SetValue(result, Fill(property.PropertyType, path + "." + property.Name.ToLowerInvariant()));
        }

        return result;
    }

    /// <summary>Everything in the input is in the output, under the same name.</summary>
    private static void AssertHolds(object input, object? output, string path)
    {
        Assert.True(output is not null, $"{path} is lost");
        if (input is IDictionary map)
        {
            var others = ((IEnumerable)output).Cast<object>().ToDictionary(pair => ((dynamic)pair).Key, pair => (object)((dynamic)pair).Value);
            foreach (DictionaryEntry entry in map)
            {
                AssertHolds(entry.Value!, others[entry.Key], $"{path}[{entry.Key}]");
            }
        }
        else if (input is IList list)
        {
            var others = ((IEnumerable)output).Cast<object>().ToList();
            Assert.True(list.Count == others.Count, $"{path} has {others.Count} items");
            for (var i = 0; i < list.Count; i++)
            {
                AssertHolds(list[i]!, others[i], $"{path}[{i}]");
            }
        }
        else if (input.GetType().Namespace == "Tarn.Api.Glue")
        {
            foreach (var property in input.GetType().GetProperties().Where(property => property.GetValue(input) is not null))
            {
                var member = $"{path}.{property.Name}";
                var other = output.GetType().GetProperty(property.Name);
                Assert.True(other is not null, $"{member} has no place in {output.GetType().Name}");
                AssertHolds(property.GetValue(input)!, other.GetValue(output), member);
            }
        }
        else
        {
            Assert.True(input.Equals(output), $"{path} was {input} and is {output}");
        }
    }
}
