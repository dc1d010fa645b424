import GraphKit

/// Letters of dates; the first one is nothing.
let dateNames = [""] + "0123456789abcdefghijklmnopqrstuvwxyz ,./-".map { String($0) }

private let months = [
  "january", "february", "march", "april", "may", "june", "july", "august", "september",
  "october", "november", "december",
]

/// The numbers of letters, filled up.
private func numbers(_ text: String, _ count: Int) -> [Double] {
  let found = text.map { Double(dateNames.firstIndex(of: String($0)) ?? 0) }
  return found + Array(repeating: 0, count: count - found.count)
}

/// The last digits of numbers [n]; without zeros before them if they are short.
private func digits(_ x: Tensor, _ count: Int, isShort: Bool = false) -> Tensor {
  var (rest, all) = (x, [Tensor]())
  for _ in 0..<count {
    let digit = rest % 10 + 1
    all.insert(isShort ? select(rest .== 0, Tensor(0, .i32), digit) : digit, at: 0)
    rest = rest.divided(by: 10, rounding: .down)
  }
  return stack(all, axis: 1)
}

/// Days from 1970 to 2069 in five forms, as 9 may 1998, may 9, 1998, 9 may 98, 9.5.98, 5/9/1998.
func dates(_ count: Int) -> (source: Tensor, target: Tensor) {
  let year = randomIntegers([count], 1970..<2070)
  let month = randomIntegers([count], 0..<12)
  let day = randomIntegers([count], 1..<29)
  let names = Tensor(months.map { numbers($0, 9) }, .i32).gather(month)
  let (d, m) = (digits(day, 2, isShort: true), digits(month + 1, 2, isShort: true))
  let (y, short) = (digits(year, 4), digits(year, 2))

  func join(_ parts: [Tensor]) -> Tensor {
    let x = concatenate(parts, axis: 1)
    return x.padded([(0, 0), (0, 18 - x.shape[1])])
  }
  func sign(_ text: String) -> Tensor {
    Tensor([numbers(text, text.count)], .i32).broadcast(to: [count, text.count])
  }
  let forms = stack([
    join([d, sign(" "), names, sign(" "), y]), join([names, sign(" "), d, sign(", "), y]),
    join([d, sign(" "), names[.all, ..<3], sign(" "), short]),
    join([d, sign("."), m, sign("."), short]), join([m, sign("/"), d, sign("/"), y]),
  ])
  let chosen = forms.gather(points: stack([randomIntegers([count], 0..<5), range(count)], axis: 1))
  return (
    closed(chosen),
    concatenate([y, sign("-"), digits(month + 1, 2), sign("-"), digits(day, 2)], axis: 1)
  )
}

/// Moves what fills up to the end of each row.
func closed(_ x: Tensor) -> Tensor {
  x.takeAlongAxis((x .== 0).cast(to: .i32).argsort())
}
