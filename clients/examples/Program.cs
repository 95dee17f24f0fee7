using Tarn.Clients.Examples;
using Tarn.Clients.Kinesis;

// Endpoint, region and key come from AWS's environment variables.
var kinesis = new KinesisClientOptions();
switch (args)
{
    case ["produce"]:
        await ProducerExample.RunAsync(kinesis, Console.Out);
        return 0;
    case ["consume"]:
        using (var stop = new CancellationTokenSource())
        {
            Console.CancelKeyPress += (_, pressed) =>
            {
                // The worker ends by itself, with a last checkpoint.
                pressed.Cancel = true;
                stop.Cancel();
            };
            await ConsumerExample.RunAsync(kinesis, Console.Out, stop.Token);
        }

        return 0;
    default:
        Console.Error.WriteLine("usage: produce | consume");
        return 2;
}
