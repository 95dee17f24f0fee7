using Tarn.Sql.Functions.Resolution;
using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Scalars;

/// <summary>How the files of this folder add scalar functions: a signature and a template, or a signature and code.</summary>
internal sealed class ScalarFunctions(FunctionTable<Func<TrinoSession, BoundCall>> table)
{
    /// <param name="template">DuckDB text with <c>{0}</c>, <c>{1}</c>, ... for the arguments, of the DuckDB type that holds the signature's result.</param>
    public void Add(string signature, string template) =>
        table.Add(signature, call => _ => new BoundCall(call.Result, Template.Fill(template, call.Texts)));

    /// <param name="build">DuckDB text from the call.</param>
    public void Add(string signature, Func<ResolvedCall, string> build) =>
        table.Add(signature, call => _ => new BoundCall(call.Result, build(call)));

    /// <param name="build">The call whole, where the result's type follows from more than the signature says.</param>
    public void AddTyped(string signature, Func<ResolvedCall, BoundCall> build) => table.Add(signature, call => _ => build(call));

    /// <param name="build">DuckDB text from the call and the session.</param>
    public void AddForSession(string signature, Func<ResolvedCall, TrinoSession, string> build) =>
        table.Add(signature, call => session => new BoundCall(call.Result, build(call, session)));

    public void Alias(string alias, string name) => table.Alias(alias, name);
}
