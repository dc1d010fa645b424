/// docs/graphkit-reference.md: every public declaration with its comment, as Swift writes it.
struct ReferenceDocument {
  let interface: PublicInterface

  /// A section for each folder of sources.
  var text: String {
    let top = interface.declarations.filter { enclosing($0) == nil }
    let chapters = Dictionary(grouping: top, by: chapter)
    return Self.chapters.map { title in
      "## \(title)\n\n```swift\n\(code(chapters[title] ?? []))\n```\n"
    }.joined(separator: "\n")
  }

  private static let chapters = [
    "Models", "Parameters", "Layers", "Layers: attention", "Layers: recurrent", "Functions",
    "Functions: detection", "Functions: sequences", "Distributions", "Loops and branches",
    "Optimizers", "Tensors",
    "Tensors: linear algebra", "Tensors: images", "Tensors: statistics",
  ]

  // By the folder that it stands in.
  private func chapter(_ declaration: Declaration) -> String {
    let folders = declaration.file.split(separator: "/").dropLast().joined(separator: "/")
    return switch folders {
    case "GraphKit/Model": "Models"
    case "GraphKit/State": "Parameters"
    case "GraphKit/Layers": "Layers"
    case "GraphKit/Layers/Attention": "Layers: attention"
    case "GraphKit/Layers/Recurrent": "Layers: recurrent"
    case "GraphKit/Functions": "Functions"
    case "GraphKit/Functions/Detection": "Functions: detection"
    case "GraphKit/Functions/Sequences": "Functions: sequences"
    case "GraphKit/Distributions": "Distributions"
    case "GraphKit/Control": "Loops and branches"
    case "GraphKit/Optimizers": "Optimizers"
    case "GraphIR/Operations/LinearAlgebra", "TensorLibrary/Algebra": "Tensors: linear algebra"
    case "TensorLibrary/Images": "Tensors: images"
    case "TensorLibrary/Statistics": "Tensors: statistics"
    default: "Tensors"
    }
  }

  // The type around a declaration, if it stands in the same file.
  private func enclosing(_ declaration: Declaration) -> Declaration? {
    interface.declarations.first {
      $0.isType && $0.file == declaration.file && $0.path == declaration.path.dropLast()
    }
  }

  // Declarations in the order of the sources; what is added to a type elsewhere is an extension.
  private func code(_ declarations: [Declaration]) -> String {
    var parts: [String] = []
    var rest = declarations[...]
    while let first = rest.first {
      let owner = first.owner
      let group = rest.prefix { $0.owner == owner && $0.file == first.file }
      rest = rest.dropFirst(group.count)
      if owner.isEmpty {
        parts.append(listed(Array(group), ""))
      } else {
        parts.append("extension \(owner) {\n\(listed(Array(group), "  "))\n}")
      }
    }
    return parts.joined(separator: "\n\n")
  }

  // Neighbours with one comment stand together below it.
  private func listed(_ declarations: [Declaration], _ indent: String) -> String {
    var text = ""
    var previous: String?
    for declaration in declarations where !Self.isStock(declaration) {
      if declaration.comment != previous {
        if !text.isEmpty { text += "\n" }
        for line in declaration.comment.split(separator: "\n", omittingEmptySubsequences: false)
        where !declaration.comment.isEmpty {
          text += indent + (line.isEmpty ? "///" : "/// \(line)") + "\n"
        }
      }
      previous = declaration.comment
      text += indent + full(declaration, indent) + "\n"
    }
    return String(text.dropLast())
  }

  // A declaration, and for a type its protocols and members.
  private func full(_ declaration: Declaration, _ indent: String) -> String {
    let known = declaration.text
    let protocols = declaration.conformances.filter { !known.contains(": \($0)") }
    let head = protocols.isEmpty ? "" : (known.contains(" : ") ? ", " : ": ")
    let code = known + head + protocols.joined(separator: ", ")
    let members = interface.declarations.filter {
      declaration.isType && $0.file == declaration.file
        && Array($0.path.dropLast()) == declaration.path
    }
    let inside = listed(members, indent + "  ")
    return inside.isEmpty ? code : "\(code) {\n\(inside)\n\(indent)}"
  }

  // How a layer of one input is called, and that it needs no settings, is said of all of them.
  private static func isStock(_ declaration: Declaration) -> Bool {
    ["Applies the layer.", "Applies the function.", "A layer without settings."]
      .contains(declaration.comment)
  }
}
