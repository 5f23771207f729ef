using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using ConnectionTracing.Model;

namespace ConnectionTracing.Runtime;

/// <summary>The attempts to open a connection that are under way, by their activity.</summary>
internal sealed class OpeningConnections
{
    // Weak: a connection that is never finished goes with its activity.
    private readonly ConditionalWeakTable<Activity, TrackedConnection> _bySetup = [];

    public void Add(Activity setup, TrackedConnection connection) => _bySetup.Add(setup, connection);

    public void Remove(Activity setup) => _bySetup.Remove(setup);

    public bool TryGet(Activity setup, [MaybeNullWhen(false)] out TrackedConnection connection) => _bySetup.TryGetValue(setup, out connection);

    /// <summary>The attempt that an activity is, or is part of.</summary>
    public TrackedConnection? Find(Activity? activity)
    {
        for (; activity is not null; activity = activity.Parent)
        {
            if (activity.OperationName == NetworkActivities.ConnectionSetup && TryGet(activity, out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    /// <summary>Those to a host and port.</summary>
    public IEnumerable<TrackedConnection> To(string host, int port)
    {
        foreach (var (setup, connection) in _bySetup)
        {
            if (setup.GetTagItem(AttributeNames.ServerAddress) as string == host && setup.GetTagItem(AttributeNames.ServerPort) as int? == port)
            {
                yield return connection;
            }
        }
    }
}
