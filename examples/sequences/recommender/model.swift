// A recommender by embeddings (Koren, Bell and Volinsky, 2009): what a user thinks of a film is the
// product of two learned vectors. Users, films and ratings are random numbers, so that it is known
// how good a forecast can be.

import GraphKit

let (users, films, genres, size) = (300, 120, 6, 4)
let noise = 0.4  // the deviation of a rating from what a user thinks

/// r = mean + b_u + b_f + p_u . p_f
struct Taste: Module {
  let mean = Parameter([])
  let userBias = Embedding(users, 1, initialiser: .zeros)
  let filmBias = Embedding(films, 1, initialiser: .zeros)
  let user = Embedding(users, size, initialiser: .normal(deviation: 0.1))
  let film = Embedding(films, size, initialiser: .normal(deviation: 0.1))

  /// Ratings of all films by all users, [users, films].
  var forecasts: Tensor {
    mean.value + userBias.weight.value + filmBias.weight.value.transposed()
      + user.weight.value.matmul(film.weight.value.transposed())
  }
}

/// What is true. The films of a genre are alike.
struct World: Module {
  let taste = Parameter.statistic([users, size], initialiser: .normal(deviation: 0.5))
  let style = Parameter.statistic([genres, size], initialiser: .normal())
  let own = Parameter.statistic([films, size], initialiser: .normal(deviation: 0.3))
  let mood = Parameter.statistic([users, 1], initialiser: .normal(deviation: 0.4))
  let quality = Parameter.statistic([films], initialiser: .normal(deviation: 0.4))
  let chance = Parameter.statistic([users, films], initialiser: .normal())
  let number = Parameter.statistic([users, films], initialiser: .uniform(0...1))

  var ratings: Tensor {
    let film = style.value.repeatedEach(films / genres, axis: 0) + own.value
    let opinion = 3 + mood.value + quality.value + taste.value.matmul(film.transposed())
    return opinion + noise * chance.value
  }

  /// 1 for the fifth of all ratings that are known, else 0.
  var known: Tensor { (number.value .< 0.2).cast(to: .f32) }
}

let (net, world) = (Taste(), World())
let model = Model("recommender", ["taste": net, "world": world])

/// The root of the mean square by which ratings with the weight 1 are missed.
func error(_ forecast: Tensor, _ weight: Tensor) -> Tensor {
  let miss = weight * (forecast - world.ratings)
  return sqrt((miss * miss).sum() / weight.sum())
}

model.train(epochs: 20, steps: 50) {
  let loss = error(net.forecasts, world.known)
  let penalty = 1e-4 * l2Penalty(net.parameters(named: "*.weight"))
  Adam(rate: .cosine(from: 2e-2)).minimize(loss * loss + penalty, net.parameters)
  return ["loss": loss]
} evaluate: {
  let (known, unknown) = (world.known, 1 - world.known)
  let ratings = world.ratings * known
  let mean = ratings.sum() / known.sum()
  // What users and films are above the mean.
  let rows = ((ratings - mean) * known).sum(axis: 1, keep: true) / known.sum(axis: 1, keep: true)
  let columns = ((ratings - mean) * known).sum(axis: 0) / known.sum(axis: 0)
  // The film whose vector has the most similar direction is of the same genre, or not.
  let vectors = net.film.weight.value.normalized()
  let nearest = (vectors.matmul(vectors.transposed()) - 2 * eye(films)).argmax()
  let perGenre = films / genres
  let isSame = (nearest / perGenre .== range(films) / perGenre).cast(to: .f32)
  return [
    "loss": error(net.forecasts, unknown), "mean": error(mean, unknown),
    "means": error(mean + rows + columns, unknown),
    "least": error(world.ratings - noise * world.chance.value, unknown),
    "same_genre": isSame.mean(),
  ]
}

// Five films that the first users do not know and would rate highest.
model.infer {
  let best = (net.forecasts - 100 * world.known)[..<4].topK(5)
  return ["film": best.positions, "rating": best.values]
}
