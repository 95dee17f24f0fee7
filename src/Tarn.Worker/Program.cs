using Tarn.Worker;

return await WorkerProgram.RunAsync();
