using System;

namespace ConnectionTracing.Page;

/// <summary>A service does not answer. The message is for the reader of the page: which service, why, and what to do.</summary>
internal sealed class UpdateSourceException(string message, Exception? innerException = null) : Exception(message, innerException);
