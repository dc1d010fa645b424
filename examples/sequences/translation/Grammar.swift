// A small grammar of English sentences and their French translations: "the small cats do not eat
// my black bread" is "les petits chats ne mangent pas mon pain noir".

import GraphKit

struct Noun {
  let english: String, french: String, isFeminine: Bool
}

let nouns = [
  Noun(english: "cat", french: "chat", isFeminine: false),
  Noun(english: "dog", french: "chien", isFeminine: false),
  Noun(english: "bread", french: "pain", isFeminine: false),
  Noun(english: "book", french: "livre", isFeminine: false),
  Noun(english: "friend", french: "ami", isFeminine: false),
  Noun(english: "bird", french: "oiseau", isFeminine: false),
  Noun(english: "mouse", french: "souris", isFeminine: true),
  Noun(english: "house", french: "maison", isFeminine: true),
  Noun(english: "flower", french: "fleur", isFeminine: true),
  Noun(english: "apple", french: "pomme", isFeminine: true),
  Noun(english: "school", french: "école", isFeminine: true),
  Noun(english: "chair", french: "chaise", isFeminine: true),
]

/// Of each adjective the masculine and the feminine form, and whether it stands before the noun.
let adjectives: [(english: String, french: [String], isBefore: Bool)] = [
  ("", ["", ""], true), ("small", ["petit", "petite"], true), ("big", ["grand", "grande"], true),
  ("young", ["jeune", "jeune"], true), ("black", ["noir", "noire"], false),
  ("green", ["vert", "verte"], false), ("red", ["rouge", "rouge"], false),
  ("white", ["blanc", "blanche"], false),
]

/// Of each verb the forms for one and for several.
let verbs: [(english: [String], french: [String])] = [
  (["sees", "see"], ["voit", "voient"]), (["eats", "eat"], ["mange", "mangent"]),
  (["finds", "find"], ["trouve", "trouvent"]), (["wants", "want"], ["veut", "veulent"]),
  (["likes", "like"], ["aime", "aiment"]), (["hears", "hear"], ["entend", "entendent"]),
]

typealias Pair = (english: [String], french: [String])

func plural(_ word: String) -> String {
  switch word {
  case "": ""
  case "mouse": "mice"
  case "oiseau": "oiseaux"
  default: word.hasSuffix("s") ? word : word + "s"
  }
}

func startsWithVowel(_ word: String) -> Bool { "aeiouéh".contains(word.prefix(1)) && word != "" }

/// "my black cats", "mes chats noirs": all nouns, adjectives and articles, for one or for several.
func nounPhrases(isPlural: Bool) -> [Pair] {
  nouns.flatMap { noun in
    adjectives.flatMap { adjective in
      ["the", "a", "my"].map { article in
        let form = adjective.french[noun.isFeminine ? 1 : 0]
        let words = (adjective.isBefore ? [form, noun.french] : [noun.french, form])
          .filter { $0 != "" }.map { isPlural ? plural($0) : $0 }
        let vowel = startsWithVowel(words[0])
        let french =
          switch (article, isPlural) {
          case ("the", false): vowel ? "l'" : noun.isFeminine ? "la" : "le"
          case ("the", true): "les"
          case ("a", false): noun.isFeminine ? "une" : "un"
          case ("a", true): adjective.isBefore && form != "" ? "de" : "des"
          case (_, false): noun.isFeminine && !vowel ? "ma" : "mon"
          case (_, true): "mes"
          }
        let last = isPlural ? plural(noun.english) : noun.english
        let rest = [adjective.english, last].filter { $0 != "" }
        let an = startsWithVowel(rest[0]) ? "an" : "a"
        let english = article != "a" ? article : isPlural ? "some" : an
        return ([english] + rest, [french] + words)
      }
    }
  }
}

/// "do not eat", "ne mangent pas": all verbs, with and without a negation.
func verbPhrases(isPlural: Bool) -> [Pair] {
  let number = isPlural ? 1 : 0
  return verbs.flatMap { verb -> [Pair] in
    let (english, french) = (verb.english[number], verb.french[number])
    let no = startsWithVowel(french) ? "n'" : "ne"
    return [
      ([english], [french]),
      ([isPlural ? "do" : "does", "not", verb.english[1]], [no, french, "pas"]),
    ]
  }
}
