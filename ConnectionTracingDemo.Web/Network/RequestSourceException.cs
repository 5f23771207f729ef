namespace ConnectionTracingDemo.Web;

/// <summary>A service does not say what it sends. The message is for the page: it says which service, why, and what to do.</summary>
internal sealed class RequestSourceException(string message, Exception? innerException = null) : Exception(message, innerException);
