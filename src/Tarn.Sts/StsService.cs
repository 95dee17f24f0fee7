using Tarn.Api.Sts;
using Tarn.Sts.Identities;
using Tarn.Sts.Sessions;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Signing;

namespace Tarn.Sts;

/// <summary>
/// AWS Security Token Service: who am I, and temporary credentials. It keeps no state: what it issues carries its own proof
/// (<see cref="TemporaryCredentials"/>). There are no roles or policies in this server yet, so any role of the caller's account can be
/// assumed, and what would narrow rights (session policies, MFA) is refused rather than ignored.
/// </summary>
public sealed class StsService
{
    private readonly CallerOperations callers;
    private readonly SessionOperations sessions;

    /// <param name="temporary">The same that the server's authenticator has, or what is issued will not be let in.</param>
    public StsService(TemporaryCredentials temporary, StsOptions options, TimeProvider time)
    {
        callers = new CallerOperations();
        sessions = new SessionOperations(temporary, options, time);
    }

    public OperationTable Operations => new OperationTable(StsModel.Service)
        .On(StsModel.GetCallerIdentity, callers.GetCallerIdentity)
        .On(StsModel.GetSessionToken, sessions.GetSessionToken, partly: "refuses MFA")
        .On(StsModel.AssumeRole, sessions.AssumeRole, partly: "roles need not exist; refuses session policies and MFA; session tags have no effect");
}
