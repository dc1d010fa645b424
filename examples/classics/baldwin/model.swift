// How learning can guide evolution (Hinton and Nowlan, 1987): a needle in a haystack of 2^20 is
// found if those who carry a part of it can guess the rest during their lives.

import GraphKit

let (people, genes, trials) = (1000, 20, 1000)

/// An allele is right (1), wrong (0), or open (2): one that guesses.
struct Population: Module {
  let alleles = Parameter.statistic(
    [people, genes],
    initialiser: Initialiser { _ in
      let draw = randomUniform([people, genes])
      return select(draw .< 0.25, 1, select(draw .< 0.5, 0, Tensor(2)))
    })
}

let population = Population()
let learns = option("learns", true, help: "whether open alleles are guessed")
let model = Model("baldwin", population)

/// Fitness from 1 to 20: 1 + 19 n / 1000, where n trials are left once all genes are right.
func fitness(_ alleles: Tensor) -> Tensor {
  let isOpen = alleles .== 2
  let open = isOpen.cast(to: .f32).sum(axis: 1)
  let canLearn = (alleles .!= 0).all(axis: 1)
  // A guess at k open genes is right with the chance 2^-k: the number of the first right one.
  let chance = learns ? exp2(-open) : (open .== 0).cast(to: .f32)
  let needed = floor(log(randomUniform([people])) / log1p(-minimum(chance, 1 - 1e-7))) + 1
  let left = maximum(Double(trials) - needed, 0)
  return 1 + select(canLearn, 19 * left / Double(trials), 0)
}

// A generation: parents are drawn by their fitness; a child has the genes of one up to a random
// place, and then those of the other.
model.train(epochs: 50, steps: 1) {
  let alleles = population.alleles.value
  let worth = fitness(alleles)
  let parents = randomCategorical(logits: log(worth).broadcast(to: [2, people, people]))
  let place = randomIntegers([people, 1], 0..<genes)
  let (mother, father) = (alleles[parents[0]], alleles[parents[1]])
  population.alleles.value = select(range(genes) .< place, mother, father)
  func share(_ allele: Double) -> Tensor { (alleles .== allele).cast(to: .f32).mean() }
  return [
    "fitness": worth.mean(), "right": share(1), "wrong": share(0), "open": share(2),
  ]
}
