#!/usr/bin/env bash
# Lays out a dotnet root that has other runtimes beside the installed SDK, and prints its path. Linux x64.
#
#   eng/dotnet-root.sh 8.0.34 11.0.0
#
# NuGet carries the runtimes as packages. The root is artifacts/dotnet-root, with links to the SDK that is installed; a runtime that is there
# already is kept. Delete that folder to get rid of it.
set -euo pipefail

repository=$(cd "$(dirname "$0")/.." && pwd)
root=$repository/artifacts/dotnet-root

if [[ $(uname -sm) != "Linux x86_64" ]]; then
  echo "eng/dotnet-root.sh runs on Linux x64 only; this is $(uname -sm)." >&2
  exit 1
fi

# Tests and a shell may ask for it at the same time. What dotnet leaves running must not keep the lock: it does not get its handle.
mkdir -p "$repository/artifacts"
exec 9> "$root.lock"
flock 9

sdk=$(dirname "$(readlink -f "$(command -v dotnet)")")
if [[ $sdk == "$root" ]]; then
  # A test program that runs in this root asks for another runtime.
  sdk=$(dirname "$(readlink -f "$root/sdk")")
fi

beside="$sdk $(cd "$repository" && "$sdk/dotnet" --version 9>&-)"
if [[ $(cat "$root/beside" 2>/dev/null) != "$beside" ]]; then
  rm -rf "$root"
  mkdir -p "$root/host/fxr" "$root/shared"
  cp "$sdk/dotnet" "$root/"
  ln -s "$sdk"/{packs,sdk,sdk-manifests,templates} "$root/"
  for folder in host/fxr shared/Microsoft.NETCore.App shared/Microsoft.AspNetCore.App; do
    mkdir -p "$root/$folder"
    ln -s "$sdk/$folder"/* "$root/$folder/"
  done
  echo "$beside" > "$root/beside"
fi

missing=()
for version in "$@"; do
  if [[ ! -f $root/host/fxr/$version/libhostfxr.so ]]; then
    missing+=("$version")
  fi
done

if [[ ${#missing[@]} -gt 0 ]]; then
  mkdir -p "$root/restore"
  cat > "$root/restore/restore.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
  </PropertyGroup>
  <ItemGroup>
    <PackageDownload Include="Microsoft.NETCore.App.Runtime.linux-x64;Microsoft.AspNetCore.App.Runtime.linux-x64" Version="$(printf '[%s];' "${missing[@]}")" />
  </ItemGroup>
</Project>
PROJECT
  if ! "$sdk/dotnet" restore "$root/restore" --verbosity quiet >&2 9>&-; then
    echo "These runtimes cannot be restored: ${missing[*]}." >&2
    exit 1
  fi
  packages=$("$sdk/dotnet" msbuild "$root/restore/restore.csproj" -getProperty:NuGetPackageRoot 9>&-)

  for version in "${missing[@]}"; do
    for framework in Microsoft.NETCore.App Microsoft.AspNetCore.App; do
      target=$root/shared/$framework/$version
      pack=$packages/${framework,,}.runtime.linux-x64/$version/runtimes/linux-x64
      rm -rf "$target"
      mkdir "$target"
      cp "$pack"/lib/*/* "$target/"
      if [[ -d $pack/native ]]; then
        cp "$pack"/native/* "$target/"
      fi
    done

    # Last: it says that the rest is there. Of all that the root has, dotnet takes the newest.
    mkdir -p "$root/host/fxr/$version"
    mv "$root/shared/Microsoft.NETCore.App/$version/libhostfxr.so" "$root/host/fxr/$version/"
  done
fi

echo "$root"
