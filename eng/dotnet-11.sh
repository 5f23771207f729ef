#!/usr/bin/env bash
# Runs the built test program on .NET 11, beside the .NET 10 SDK. Linux x64.
#
#   dotnet build
#   eng/dotnet-11.sh                      the tests of connection tracing and ServiceDefaults
#   eng/dotnet-11.sh -class '*MetricsTests'   any selection of xunit's own runner; -help lists them
#   PROGRAM=some.dll eng/dotnet-11.sh         another program, with its own arguments
#
# The runtime comes from NuGet: see eng/dotnet-root.sh.
set -euo pipefail

version=11.0.0
repository=$(cd "$(dirname "$0")/.." && pwd)
program=${PROGRAM:-$repository/ConnectionTracingDemo.Tests/bin/${CONFIGURATION:-Debug}/net10.0/ConnectionTracingDemo.Tests.dll}

if [[ ! -f $program ]]; then
  echo "'$program' does not exist. Run 'dotnet build' first; set CONFIGURATION=Release for a Release build." >&2
  exit 1
fi

root=$("$repository/eng/dotnet-root.sh" "$version") || {
  echo "Install .NET 11 and set DOTNET_ROLL_FORWARD=LatestMajor instead." >&2
  exit 1
}
export DOTNET_ROOT=$root DOTNET_ROLL_FORWARD=LatestMajor PATH=$root:$PATH

if [[ $# -eq 0 && -z ${PROGRAM:-} ]]; then
  set -- -namespace 'ConnectionTracingDemo.Tests.ConnectionTracing*' -namespace 'ConnectionTracingDemo.Tests.ServiceDefaults*'
fi

exec dotnet "$program" "$@"
