using System.Collections.Generic;
using ConnectionTracing.Model;
using ConnectionTracing.Runtime;

namespace ConnectionTracing.Diagnosis;

/// <summary>The connection attempt that a request waited for, until the attempt or the request ended.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Phases">Its phases, as far as they had come.</param>
internal sealed record AwaitedSetup(TrackedConnection Attempt, IReadOnlyList<SetupPhase> Phases);
