internal import Foundation

/// A script that runs a C compiler, and remembers what it made of the files of the runtime: dozens
/// of tests build the same files with the same flags.
package enum RememberingCompiler {
  /// Returns the command that does what `compiler` does.
  package static func command(_ compiler: String) throws -> String {
    "\(try script.get()) \(compiler)"
  }

  private static let script = Result {
    let folder = try temporaryFolder("compilers")
    let file = folder.appending(path: "remember")
    try text.replacing("FOLDER", with: folder.path)
      .write(to: file, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    return file.path
  }

  // An object is known by the compiler with its arguments and by all files that it may be made of.
  // One that the compiler said something about is made again.
  private static let text = #"""
    #!/bin/sh
    source='' output='' last='' compiles=''
    for word; do
      case $word in
        runtime/*.c) source=$word ;;
        -c) compiles=yes ;;
      esac
      if [ "$last" = -o ]; then output=$word; fi
      last=$word
    done
    if [ -z "$compiles" ] || [ -z "$source" ] || [ -z "$output" ]; then exec "$@"; fi
    key=$({ printf '%s\n' "$@"; cat runtime/*.h runtime/*/*.[ch]; } | sha1sum)
    kept="FOLDER/${key%% *}.o"
    if cp "$kept" "$output" 2>/dev/null; then exit 0; fi
    "$@" 2>"$output.said"
    status=$?
    cat "$output.said" >&2
    if [ $status = 0 ] && [ ! -s "$output.said" ]; then
      cp "$output" "$kept.$$" && mv "$kept.$$" "$kept"
    fi
    rm -f "$output.said"
    exit $status

    """#
}
