using Tarn.Catalog.Bench;
using Tarn.Store;

// Load scenarios of the metadata: dotnet run -c Release --project bench/Tarn.Catalog.Bench -- store|partitions [count] [PostgreSQL connection string]
var folder = Directory.CreateTempSubdirectory("tarn-bench-");
try
{
    var place = args.Length > 2 ? StoreOptions.Postgresql(args[2]) : StoreOptions.Sqlite(Path.Combine(folder.FullName, "tarn.db"));
    switch (args.FirstOrDefault())
    {
        case "store":
            await StoreScenario.RunAsync(place, seconds: args.Length > 1 ? int.Parse(args[1]) : 3);
            return 0;
        case "partitions":
            await PartitionScenario.RunAsync(place, count: args.Length > 1 ? int.Parse(args[1]) : 1_000_000);
            return 0;
        default:
            Console.Error.WriteLine("usage: Tarn.Catalog.Bench store [seconds] | partitions [count]   [PostgreSQL connection string]");
            return 2;
    }
}
finally
{
    folder.Delete(recursive: true);
}
