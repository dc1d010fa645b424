internal import Support

/// Returns a drawing of a function for Graphviz: a box for each node, in the colour of its role,
/// an arrow for each operand with its type.
package func printDot(_ function: GraphFunction) -> String {
  var writer = IndentedWriter()
  writer.line("digraph \(function.name.dotQuoted) {")
  writer.indented { (writer) in
    writer.line("node [shape=box, style=filled, fontname=\"Helvetica\", fontsize=11]")
    writer.line("edge [fontname=\"Helvetica\", fontsize=9]")
    let graph = function.graph
    for id in graph.nodes.ids {
      writer.line("n\(id.index) [label=\(label(graph[id])), fillcolor=\(graph[id].op.colour)]")
    }
    for (i, result) in function.results.enumerated() {
      writer.line("r\(i) [label=\(label(result)), shape=ellipse, fillcolor=white]")
    }
    for id in graph.nodes.ids {
      for operand in graph[id].operands {
        writer.line(edge(from: operand, to: "n\(id.index)", in: graph))
      }
    }
    for (i, value) in graph.outputs.enumerated() {
      writer.line(edge(from: value, to: "r\(i)", in: graph))
    }
  }
  writer.line("}")
  return writer.text
}

// The operation first, then further attributes, a line each.
private func label(_ node: Node) -> String {
  let rules = node.op
  let attributes = rules.attributes.count > 60 ? "..." : rules.attributes
  let lines = [rules.mnemonic, attributes, node.name ?? ""].filter { !$0.isEmpty }
  return lines.joined(separator: "\n").dotQuoted
}

private func label(_ result: GraphFunction.Result) -> String {
  switch result {
  case .output(let name): name.dotQuoted
  case .update(let id): "update @\(id.index)".dotQuoted
  case .probe(let name): "probe \(name)".dotQuoted
  }
}

private func edge(from value: Value, to target: String, in graph: Graph) -> String {
  "n\(value.node.index) -> \(target) [label=\(graph.type(value).description.dotQuoted)]"
}

extension Operation {
  fileprivate var colour: String {
    switch role {
    case .map: "lightyellow"
    case .view, .choice: "white"
    case .reduce: "lightblue"
    case .contract: "lightsalmon"
    case .opaque: "plum"
    case .control: "palegreen"
    case .boundary: "lightgrey"
    }
  }
}

extension String {
  // In quotes; Graphviz reads `\n` as a line end.
  fileprivate var dotQuoted: String {
    var result = "\""
    for character in self {
      switch character {
      case "\"", "\\": result += "\\\(character)"
      case "\n": result += "\\n"
      default: result.append(character)
      }
    }
    return result + "\""
  }
}
