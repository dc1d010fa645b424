import GraphKit

// Nouns and adjectives in English and French: singular and plural; of adjectives both for each
// gender. The first six nouns are masculine.
private let nouns = [
  "cat cats chat chats", "dog dogs chien chiens", "horse horses cheval chevaux",
  "boy boys garçon garçons", "king kings roi rois", "baker bakers boulanger boulangers",
  "cow cows vache vaches", "girl girls fille filles", "mouse mice souris souris",
  "queen queens reine reines", "hen hens poule poules", "lady ladies dame dames",
]
private let adjectives = [
  "white blanc blancs blanche blanches", "black noir noirs noire noires",
  "green vert verts verte vertes", "strange bizarre bizarres bizarre bizarres",
  "happy heureux heureux heureuse heureuses", "old âgé âgés âgée âgées",
]
private let verbs = [
  "sees see voit voient", "loves love aime aiment", "follows follow suit suivent",
  "hears hear entend entendent", "hides hide cache cachent", "knows know connaît connaissent",
]
// Singular and plural; of French masculine and feminine.
private let articles = ["the the le les la les", "a some un des une des"]

private func words(_ lines: [String]) -> [[String]] {
  lines.map { $0.split(separator: " ").map { String($0) } }
}

/// Different words in order, after the empty one.
private func names(_ columns: [[String]]) -> [String] {
  columns.joined().reduce(into: [""]) { all, word in if !all.contains(word) { all.append(word) } }
}

let englishNames = names(
  words(articles).map { Array($0[..<2]) } + words(adjectives).map { [$0[0]] }
    + words(nouns).map { Array($0[..<2]) } + words(verbs).map { Array($0[..<2]) })
let frenchNames = names(
  words(articles).map { Array($0[2...]) } + words(adjectives).map { Array($0[1...]) }
    + words(nouns).map { Array($0[2...]) } + words(verbs).map { Array($0[2...]) })

/// The numbers of a column of words [n].
private func column(
  _ lines: [String], _ column: Tensor, _ row: Tensor, _ names: [String]
) -> Tensor {
  let table = words(lines).map { $0.map { Double(names.firstIndex(of: $0) ?? 0) } }
  return Tensor(table, .i32).gather(points: stack([row, column], axis: 1))
}

/// A noun with an article and perhaps an adjective, which in French comes last and agrees with it.
/// Every sixth pair of an adjective and a noun is only in sentences that are held out.
private func group(
  _ count: Int, held: Bool
) -> (english: [Tensor], french: [Tensor], many: Tensor) {
  let article = randomIntegers([count], 0..<2)
  let noun = randomIntegers([count], 0..<12)
  let many = randomIntegers([count], 0..<2)
  let gender = (noun .>= 6).cast(to: .i32)
  let drawn = randomIntegers([count], 0..<6)
  let kind = held ? (6 - noun % 6) % 6 : drawn
  let isLeftOut = randomBool([count], probability: 0.2) .|| ((noun + kind) % 6 .== 0)
  let adjective = { (x: Tensor) in held ? x : select(isLeftOut, Tensor(0, .i32), x) }
  return (
    [
      column(articles, many, article, englishNames),
      adjective(column(adjectives, zeros(like: noun), kind, englishNames)),
      column(nouns, many, noun, englishNames),
    ],
    [
      column(articles, 2 + 2 * gender + many, article, frenchNames),
      column(nouns, 2 + many, noun, frenchNames),
      adjective(column(adjectives, 1 + 2 * gender + many, kind, frenchNames)),
    ], many
  )
}

/// Sentences such as: the white cats love a girl; les chats blancs aiment une fille.
func sentences(_ count: Int, held: Bool) -> (source: Tensor, target: Tensor) {
  let (first, second) = (group(count, held: held), group(count, held: held))
  let verb = randomIntegers([count], 0..<6)
  let english = first.english + [column(verbs, first.many, verb, englishNames)] + second.english
  let french = first.french + [column(verbs, 2 + first.many, verb, frenchNames)] + second.french
  let end = [zeros([count], .i32)]
  return (closed(stack(english + end, axis: 1)), closed(stack(french + end, axis: 1)))
}
