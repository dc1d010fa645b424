// Positions are integers, one for each element or slice.

import GraphKit

let model = Model("positions")

model.infer(Input("x", [4, 6]), Input("place", [3], .i32), Input("start", [], .i32)) {
  x, place, start in
  [
    "taken": x.takeAlongAxis(place),
    "scattered": x.scattered(slices: x, at: place),
    "row": x.scattered(x.element(0), points: place.expanded(at: 1)),
    "points": x.gather(points: place),
    "part": x.dynamicSlice(from: [start, start], sizes: [2, 7]),
    "starts": x.dynamicSlice(from: [start], sizes: [2, 2]),
    "kind": x.dynamicUpdate(x.sliced(0, 0..<1), from: [start, place]),
  ]
}
