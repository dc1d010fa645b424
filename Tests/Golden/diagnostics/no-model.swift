// A network alone is no model.

import GraphKit

let net = Sequential {
  Dense(64, 32); ReLU()
  Dense(32, 10)
}
