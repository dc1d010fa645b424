extension String {
  /// The text as one word of a shell, in quotes if it needs them.
  var asShellWord: String {
    let isPlain =
      !isEmpty
      && utf8.allSatisfy { byte in
        let letter = UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 32
        return letter || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
          || "_-+./,:=@%".utf8.contains(byte)
      }
    return isPlain ? self : "'" + replacing("'", with: "'\\''") + "'"
  }
}
