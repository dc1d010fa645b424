public import TensorLibrary
public import LoopIR

// Windows of signals, as PyTorch's. A periodic one lacks its last element, which is that of a
// symmetric one that is longer by one.

/// Hann's window: a raised cosine, from 0 to 1 and back.
public func hannWindow(_ length: Int, periodic: Bool = true, _ element: ElementType = .f32)
  -> Tensor
{
  cosines("hannWindow", length, periodic, element, [0.5, 0.5, 0])
}

/// Hamming's window: a raised cosine that ends above 0.
public func hammingWindow(_ length: Int, periodic: Bool = true, _ element: ElementType = .f32)
  -> Tensor
{
  cosines("hammingWindow", length, periodic, element, [0.54, 0.46, 0])
}

/// Blackman's window: two cosines.
public func blackmanWindow(_ length: Int, periodic: Bool = true, _ element: ElementType = .f32)
  -> Tensor
{
  cosines("blackmanWindow", length, periodic, element, [0.42, 0.5, 0.08])
}

// The first factor minus the second times a cosine plus the third times one of twice the frequency.
private func cosines(
  _ owner: String, _ length: Int, _ periodic: Bool, _ element: ElementType, _ factors: [Double]
) -> Tensor {
  guard Trace.running(owner) != nil else { return Session.current.limbo.poison() }
  let length = Check.positive(length, "length", of: owner)
  if length == 1 { return ones([1], element) }
  let turn = 2 * Double.pi / Double(periodic ? length : length - 1)
  let angle = range(length).cast(to: .f64) * turn
  var wave = factors[0] - cos(angle) * factors[1]
  if factors[2] != 0 { wave += cos(angle * 2) * factors[2] }
  return wave.cast(to: element)
}
