// The texts of the three tasks, made in the graph. A text is numbers of characters; while it is
// put together, -1 stands for no character.

import GraphKit

let characters = Array(" abcdefghijklmnopqrstuvwxyz0123456789+/.,-")

/// Texts to read and to write, [n, steps], and which of them are held out, if any are.
typealias Examples = (source: Tensor, target: Tensor, isHeld: Tensor?)

/// The characters of texts, [texts, length].
func codes(_ texts: [String], _ length: Int) -> Tensor {
  Tensor(
    texts.map { text in
      let numbers = text.map { letter in Double(characters.firstIndex(of: letter) ?? 0) }
      return numbers + Array(repeating: -1, count: length - text.count)
    }, .i32)
}

/// The digits of numbers, with or without leading zeros.
func digits(_ x: Tensor, _ count: Int, zeros: Bool = false) -> Tensor {
  let powers = [1000.0, 100, 10, 1].suffix(count)
  let parts = x.expanded(at: 1).divided(by: Tensor(Array(powers), .i32), rounding: .down)
  let isThere = (parts .> 0) .|| (range(count) .== count - 1)
  return zeros ? parts % 10 + 27 : select(isThere, parts % 10 + 27, -1)
}

/// One text of several parts, with blanks behind it.
func packed(_ parts: [Tensor], _ length: Int) -> Tensor {
  let all = concatenate(parts, axis: 1)
  let order = (all .< 0).cast(to: .i32).argsort()  // stable: only the gaps move
  return maximum(all.takeAlongAxis(order), 0).padded([(0, 0), (0, length - all.shape[1])])
}

/// Ten letters, and the same backwards. Of 26^10 words hardly one is seen twice.
func words(_ n: Int) -> Examples {
  let word = randomIntegers([n, 10], 1..<27)
  return (word, word.reversed(axes: [1]), nil)
}

/// "535+061" and "6950": the sum from its units on, in the order of carrying. A tenth of all pairs
/// is held out, here and there.
func sums(_ n: Int) -> Examples {
  let (a, b) = (randomIntegers([n], 0..<1000), randomIntegers([n], 0..<1000))
  let parts = [digits(a, 3, zeros: true), full([n, 1], 37, .i32), digits(b, 3, zeros: true)]
  let target = digits(a + b, 4, zeros: true).reversed(axes: [1])
  return (concatenate(parts, axis: 1), target, (a * 131 + b * 757) % 1009 .< 101)
}

let months = [
  "january", "february", "march", "april", "may", "june", "july", "august", "september",
  "october", "november", "december",
]

/// A day from 1950 to 2049 in one of eight forms, and as "1979-05-03". A tenth of all days is held
/// out.
func dates(_ n: Int) -> Examples {
  let (year, month) = (randomIntegers([n], 1950..<2050), randomIntegers([n], 0..<12))
  let lengths = Tensor([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]).gather(month)
  let day = (randomUniform([n]) * lengths).cast(to: .i32) + 1

  func sign(_ text: String) -> Tensor { codes([text], text.count).tiled([n, 1]) }
  let (name, short) = (codes(months, 9).gather(month), codes(months, 9)[.all, ..<3].gather(month))
  let (year4, year2) = (digits(year, 4), digits(year, 2, zeros: true))
  let (day1, day2) = (digits(day, 2), digits(day, 2, zeros: true))
  let (month1, month2) = (digits(month + 1, 2), digits(month + 1, 2, zeros: true))
  let forms = [
    [name, sign(" "), day1, sign(", "), year4],  // may 3, 1979
    [day1, sign(" "), name, sign(" "), year4],  // 3 may 1979
    [day1, sign(" "), short, sign(" "), year2],  // 3 may 79
    [short, sign("-"), day2, sign("-"), year4],  // may-03-1979
    [month2, sign("/"), day2, sign("/"), year2],  // 05/03/79
    [month1, sign("/"), day1, sign("/"), year4],  // 5/3/1979
    [day1, sign("."), month1, sign("."), year4],  // 3.5.1979
    [year4, month2, day2],  // 19790503
  ].map { packed($0, 18) }
  let form = randomIntegers([n, 1, 1], 0..<8).broadcast(to: [n, 1, 18])
  let source = stack(forms, axis: 1).takeAlongAxis(form, axis: 1).squeezed(1)
  let target = concatenate([year4, sign("-"), month2, sign("-"), day2], axis: 1)
  return (source, target, (year * 372 + month * 31 + day) % 10 .== 0)
}
