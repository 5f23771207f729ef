using System;
using System.Diagnostics;

namespace ConnectionTracing.Runtime;

/// <summary>A buffered response body that has been read, or could not be.</summary>
/// <param name="Request">Its request, which ended at the headers.</param>
/// <param name="Start">When the reading began.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Failed">It broke off, or was given up.</param>
/// <param name="Span">The span <c>HTTP response_content</c>, which is current; null: there is none.</param>
internal readonly record struct ReadBody(CompletedRequest Request, DateTime Start, TimeSpan Duration, bool Failed, Activity? Span);
