namespace Aspire.Hosting;

/// <summary>The application cannot be run; the message says what to do about it.</summary>
public class DistributedApplicationException : Exception
{
    /// <summary>Creates one without a message.</summary>
    public DistributedApplicationException()
    {
    }

    /// <summary>Creates one.</summary>
    /// <param name="message">What is wrong and the way out.</param>
    public DistributedApplicationException(string message) : base(message)
    {
    }

    /// <summary>Creates one with its cause.</summary>
    /// <param name="message">What is wrong and the way out.</param>
    /// <param name="inner">The cause.</param>
    public DistributedApplicationException(string message, Exception inner) : base(message, inner)
    {
    }
}
