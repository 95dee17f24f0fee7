using Tarn.Clients.Kinesis;
using Tarn.Clients.Kinesis.Credentials;
using Tarn.Clients.KillWorker;

// Produces or consumes until it is killed, or its input ends, which is when who started it has died. Arguments: produce | consume, the endpoint, the stream, this process's name, the file that it writes.
var options = new KinesisClientOptions { Endpoint = new Uri(args[1]), Region = "us-east-1", Credentials = new StaticCredentials("test", "test") };
_ = Task.Run(() =>
{
    Console.In.ReadToEnd();
    Environment.Exit(1);
});
using var log = new LineLog(args[4]);
await (args[0] == "produce" ? Producing.RunAsync(options, args[2], args[3], log) : Consuming.RunAsync(options, args[2], log));
