namespace ConnectionTracingDemo.Web.FaultLab;

/// <summary>A run could not take place. The message is for the visitor.</summary>
internal sealed class FaultLabException(int status, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What <c>POST /fault-lab/runs/{id}</c> answers with.</summary>
    public int Status => status;
}
