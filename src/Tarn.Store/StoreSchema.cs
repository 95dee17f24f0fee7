namespace Tarn.Store;

/// <summary>
/// The tables of one module, as numbered steps that are never changed once released: a store that is at step n runs n+1 and on at the
/// start. SQL is common to SQLite and PostgreSQL; <c>{text}</c> stands for a text column in byte order, <c>{blob}</c> for bytes. Other
/// columns are <c>BIGINT</c> or <c>DOUBLE PRECISION</c>. Table names start with the module's name.
/// </summary>
/// <param name="Module">Lower case, such as <c>glue</c>.</param>
/// <param name="Steps">Each step is one or more statements, separated by <c>;</c> at the end of a line.</param>
public sealed record StoreSchema(string Module, IReadOnlyList<string> Steps);
