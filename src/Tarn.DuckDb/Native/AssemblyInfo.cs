// Structs go to DuckDB as they lie in memory; nothing is copied by a marshaller.
[assembly: System.Runtime.CompilerServices.DisableRuntimeMarshalling]
