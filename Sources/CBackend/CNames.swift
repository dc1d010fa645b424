/// The names that one region of C and those around it use.
struct CScope {
  private var taken: Set<String>

  /// A scope in which `names` are in use already.
  init(_ names: [String] = []) { taken = Set(names) }

  /// Returns an identifier like `name` that is not in use yet, and takes it.
  mutating func take(_ name: String) -> String {
    take(exactly: cIdentifier(name))
  }

  /// Returns the first of `names` that is free, or one like the first, and takes it.
  mutating func take(firstOf names: [String]) -> String {
    let free = names.first { !taken.contains($0) }
    return take(exactly: free ?? names[0])
  }

  // Takes `base`, or `base_2`, `base_3` and so on if it is in use.
  private mutating func take(exactly base: String) -> String {
    var result = base
    var number = 2
    while taken.contains(result) {
      result = "\(base)_\(number)"
      number += 1
    }
    taken.insert(result)
    return result
  }
}

/// Returns a C identifier for a name of the user: `features.0.weight` gives `features_0_weight`.
///
/// Names that C or the runtime use get an underscore: `log` gives `log_`.
package func cIdentifier(_ name: String) -> String {
  let result = spelled(name)
  return isReserved(result) ? result + "_" : result
}

/// Returns what the names of a model's files and functions begin with. It is always a prefix, so it
/// may be a C keyword: the model `xor` has the function `xor_create`. But `time_t` and
/// `timer_create` exist already, so `time` gives `net_time`.
package func cModelName(_ name: String) -> String {
  let result = spelled(name)
  return isReservedModel(result) ? "net_" + result : result
}

private func isReservedModel(_ name: String) -> Bool {
  let lower = name.lowercased()
  return lower == "rt" || lower.hasPrefix("rt_") || typeNames.contains(name)
    || ["pthread_", "posix_", "omp_", "atomic_"].contains { name.hasPrefix($0) }
}

// A layer that is the whole model has no name, only a number.
private func spelled(_ name: String) -> String {
  var result = ""
  for scalar in name.unicodeScalars { result += spelling(of: scalar) }
  if result.isEmpty { return "unnamed" }
  if let first = result.first, first.isNumber { return "net_" + result }
  return result.hasPrefix("_") ? "net" + result : result
}

// The text for a character in identifiers: itself, an underscore, or a transcription.
private func spelling(of scalar: Unicode.Scalar) -> String {
  switch scalar {
  case "a"..."z", "A"..."Z", "0"..."9", "_": return String(scalar)
  default: break
  }
  if scalar.isASCII { return "_" }
  if let index = greek.firstIndex(of: scalar) { return greekNames[index] }
  if let index = accented.firstIndex(of: scalar) { return String(plain[index]) }
  return "u" + String(scalar.value, radix: 16)
}

private let greek = Array("αβγδεζηθικλμνξοπρστυφχψω".unicodeScalars)
private let greekNames = [
  "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
  "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
]
private let accented = Array(
  "àáâãäåçèéêëìíîïñòóôõöøùúûüýÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝ".unicodeScalars)
private let plain = Array("aaaaaaceeeeiiiinoooooouuuuyAAAAAACEEEEIIIINOOOOOOUUUUY".unicodeScalars)

/// True iff C, its library as far as the emitted files include it, or the runtime use `name`.
private func isReserved(_ name: String) -> Bool {
  name.hasPrefix("rt_") || name.hasPrefix("RT_") || name.hasPrefix("omp_")
    || reserved.contains(name) || isLibraryFloatFunction(name)
}

// `expf` and `expl` are as taken as `exp`.
private func isLibraryFloatFunction(_ name: String) -> Bool {
  guard let last = name.last, last == "f" || last == "l" else { return false }
  return mathematics.contains(String(name.dropLast()))
}

private let reserved = keywords.union(mathematics).union(library)

private let keywords = words(
  """
  auto break case char const continue default do double else enum extern float for goto if inline
  int long register restrict return short signed sizeof static struct switch typedef union unsigned
  void volatile while asm typeof alignas alignof noreturn bool true false complex imaginary linux
  unix class new delete this template typename namespace operator private protected public try catch
  throw using virtual friend explicit export mutable and or not xor bitand bitor compl nullptr
  constexpr decltype noexcept static_assert thread_local wchar_t char8_t char16_t char32_t and_eq
  or_eq xor_eq not_eq const_cast dynamic_cast reinterpret_cast static_cast typeid concept requires
  co_await co_return co_yield consteval constinit
  """)

// Prefixes of `_t` in types of C or POSIX, and of `_create` and `_destroy` in their functions.
private let typeNames = words(
  """
  blkcnt blksize caddr cc char8 char16 char32 clock clockid cnd constraint_handler daddr dev div
  double errno fenv fexcept float fpos fsblkcnt fsfilcnt fsid gid gregset greg iconv id idtype
  imaxdiv in_addr in_port ino int8 int16 int32 int64 int_fast8 int_fast16 int_fast32 int_fast64
  int_least8 int_least16 int_least32 int_least64 intmax intptr key ldiv lldiv loff locale
  max_align mbstate mcontext mode mqd mtx nfds nl_catd nlink nullptr off pid posix pthread ptrdiff
  quad register regex regoff rlim rsize sa_family sem sig_atomic siginfo size socklen speed ssize
  stack suseconds tcflag thrd time timer tss u_int8 u_int16 u_int32 u_int64 ucontext uid uint8
  uint16 uint32 uint64 uint_fast8 uint_fast16 uint_fast32 uint_fast64 uint_least8 uint_least16
  uint_least32 uint_least64 uintmax uintptr useconds wchar wctrans wctype wint wordexp
  """)

private let mathematics = words(
  """
  acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp10 exp2 expm1
  fabs fdim floor fma fmax fmin fmod frexp hypot ilogb j0 j1 jn ldexp lgamma llrint llround log
  log10 log1p log2 logb lrint lround modf nan nearbyint nextafter nexttoward pow remainder remquo
  rint round scalbln scalbn sin sincos sinh sqrt tan tanh tgamma trunc y0 y1 yn
  """)

private let library = words(
  """
  abort abs atexit atof atoi atol bsearch bzero calloc clearerr clock div errno exit fclose feof
  ferror fflush fgetc fgets fileno finite fopen fprintf fputc fputs fread free freopen fscanf fseek
  ftell fwrite getc getchar getenv gets index isfinite isinf isnan isnormal labs ldiv link main
  malloc offsetof open perror printf putc putchar puts qsort rand read realloc remove rename rewind
  rindex scanf setbuf setvbuf signbit signgam snprintf sprintf srand sscanf stderr stdin stdout
  system tmpfile tmpnam ungetc vprintf write memchr memcmp memcpy memmove memset strcat strchr
  strcmp strcpy strlen strncat strncmp strncpy strstr strtod strtof strtol strtok size_t ssize_t
  ptrdiff_t intptr_t uintptr_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t
  off_t INFINITY NAN NULL EOF BUFSIZ FILE
  """)

private func words(_ text: String) -> Set<String> {
  Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))
}
