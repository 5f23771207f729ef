using System.Diagnostics;
using ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Monitoring;

namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing.Phases;

/// <summary>A buffered response body that has been read, or could not be.</summary>
/// <param name="Request">Its request, which ended at the headers.</param>
/// <param name="Failed">It broke off, or was given up.</param>
/// <param name="Remembered">Its request as the journals remember it, with the phase <c>read</c>; null where none does.</param>
internal readonly record struct ReadBody(Activity Request, DateTime Start, TimeSpan Duration, bool Failed, RememberedRequest? Remembered);
