import GraphIR
import GraphKit
import LoopIR
import Testing

// Lines count from that of the call of `mistakes`; a note is indented.
@Suite struct AugmentationMistakes {
  @Test func numbers() {
    let found = mistakes {
      let layers: [any Layer] = [
        RandomFlip(probability: -0.1),
        RandomShift(-1),
        RandomShift(share: 10),
        RandomCrop(0),
        RandomCrop([3, 3, 3], padding: -2),
        RandomRotation(200),
        RandomZoom(0...2),
        RandomAffine(shift: -1, shear: 90),
        ColorJitter(brightness: -1, hue: 0.6),
        RandomNoise(-1),
        Cutout(-3),
        FrequencyMask(-1),
        TimeMask(3, share: 2),
      ]
      Model("a", Sequential(layers)).infer(Input("x", [2])) { ["y": $0] }
    }
    #expect(
      found == [
        "2: the probability of 'RandomFlip' must be from 0 to 1; found -0.1",
        "3: the distance of 'RandomShift' must be at least 0; found -1",
        "4: the share of 'RandomShift' must be from 0 to 1; found 10",
        "  10 percent is 0.1",
        "5: the size of 'RandomCrop' must be at least 1; found 0",
        "6: the size of 'RandomCrop' must be one number or two; found [3, 3, 3]",
        "6: the padding of 'RandomCrop' must be at least 0; found -2",
        "7: the degrees of 'RandomRotation' must be from 0 to 180; found 200",
        "8: the smallest zoom of 'RandomZoom' must be above 0; found 0",
        "9: the shift of 'RandomAffine' must be from 0 to 1; found -1",
        "9: the shear of 'RandomAffine' must be from 0 to 80; found 90",
        "10: the brightness of 'ColorJitter' must be at least 0; found -1",
        "10: the hue of 'ColorJitter' must be from 0 to 0.5; found 0.6",
        "11: the deviation of 'RandomNoise' must be at least 0; found -1",
        "12: the size of 'Cutout' must be at least 1; found -3",
        "13: the width of 'FrequencyMask' must be at least 0; found -1",
        "14: the share of 'TimeMask' must be from 0 to 1; found 2",
        "  2 percent is 0.02",
      ])
  }

  @Test func inputs() {
    let found = mistakes {
      let (flip, crop, jitter) = (RandomFlip(), RandomCrop(9, padding: 1), ColorJitter(hue: 0.1))
      let mask = TimeMask(2)
      let model = Model("a")
      model.infer(Input("x", [2, 4]), Input("image", [2, 1, 5, 6])) { x, image in
        _ = flip(x)
        _ = crop(image)
        _ = jitter(image)
        _ = mask(x.sum())
        _ = mixup(x, x)
        _ = mixup(image, Tensor([1, 2], .i32), alpha: 0)
        _ = cutmix(image, x.sum(axes: [1]))
        return ["y": x]
      }
    }
    #expect(
      found == [
        "5: the input of 'RandomFlip' must have 4 axes, [n, c, y, x]; it is 'f32[2, 4]'",
        "  1: it is made here",
        "6: a window of 'RandomCrop' covers 9 x 9 pixels, but its input 'f32[2, 1, 5, 6]' with its "
          + "padding has only 7 x 8",
        "  1: it is made here",
        "7: the input of 'ColorJitter' must have 3 channels in its second axis; it is "
          + "'f32[2, 1, 5, 6]'",
        "  1: it is made here",
        "8: the input of 'TimeMask' must be floating-point numbers with the axes [..., "
          + "frequencies, frames]; it is 'f32[]'",
        "  2: it is made here",
        "9: the input of 'mixup' must have 4 axes, [n, c, y, x]; it is 'f32[2, 4]'",
        "10: the alpha of 'mixup' must be above 0; found 0",
        "10: the labels of 'mixup' must be probabilities [2, classes], or integers [2] with "
          + "'classes:' for their number; it is 'i32[2]'",
        "  10: it is made here",
        "11: the labels of 'cutmix' must be probabilities [2, classes], or integers [2] with "
          + "'classes:' for their number; it is 'f32[2]'",
        "  11: it is made here",
      ])
  }

  /// In evaluation and inference nothing is drawn, and types are those of training.
  @Test func layersDrawInTrainingOnly() throws {
    let layers: [any Layer] = [
      RandomFlip(), RandomShift(1), RandomCrop(3), RandomRotation(10), RandomZoom(1...2),
      RandomAffine(degrees: 5), ColorJitter(hue: 0.1), RandomNoise(0.1), Cutout(2),
      Lambda { mixup($0, ones([$0.shape[0], 2])).images },
      Lambda { cutmix($0, ones([$0.shape[0], 2])).images },
    ]
    for layer in layers {
      let program = try program {
        let net = Dense(3, 1)
        let model = Model("modes", net)
        let data = DataSet("data", fields: ["x": .u8[3, 4, 3]])
        model.train(on: data, batch: 5, epochs: 1, validation: 0.1) { batch in
          let loss = net(layer(batch.x)).mean()
          SGD().minimize(loss, net.parameters)
          return ["loss": loss]
        }
        model.infer(Input("x", [1, 3, 4, 3], .u8)) { ["y": layer($0)] }
      }
      #expect(try program.function("train_step").operations.contains("randomBits"))
      #expect(try !program.function("eval_step").operations.contains("randomBits"))
      let graph = try program.function("infer").graph
      let isCrop = layer is RandomCrop
      #expect(
        graph.type(graph.outputs[0]).description == "f32[1, 3, \(isCrop ? 3 : 4), 3]")
    }
  }
}

@Suite struct SoundMistakes {
  @Test func transforms() {
    let found = mistakes {
      let model = Model("a")
      model.infer(Input("x", [2, 20]), Input("count", [2, 20], .i32)) { x, count in
        _ = fft(real: x, imaginary: x.sum(axes: [0]))
        _ = rfft(count)
        _ = ifft(real: x.sum(), imaginary: x.sum())
        _ = irfft(real: x, imaginary: x, length: 20)
        _ = stft(x, size: 8, hop: 0)
        _ = stft(x, size: 25, center: false)
        _ = stft(x, size: 0)
        _ = spectrogram(x, size: 8, window: hannWindow(9))
        _ = spectrogram(count, size: 8, power: 0)
        _ = hannWindow(0)
        _ = preEmphasis(count)
        _ = amplitudeToDecibels(x, reference: 0, least: -1, range: -2)
        return ["y": x]
      }
    }
    #expect(
      found == [
        "3: 'fft' needs a real and an imaginary part of one type and shape; found 'f32[2, 20]' and "
          + "'f32[20]'",
        "4: the input of 'rfft' must be floating-point numbers with at least one axis; it is "
          + "'i32[2, 20]'",
        "  2: it is made here",
        "5: the input of 'ifft' must be floating-point numbers with at least one axis; it is "
          + "'f32[]'",
        "  5: it is made here",
        "6: the length of 'irfft' must be one of the 38 and 39 of 20 frequencies; found 20",
        "7: the hop of 'stft' must be at least 1; found 0",
        "8: the input of 'stft' must have at least 25 elements in its last axis; it is "
          + "'f32[2, 20]'",
        "  2: it is made here",
        "9: the size of 'stft' must be at least 1; found 0",
        "10: the window of 'spectrogram' must be 'f32' with one axis of at most 8 elements; it is "
          + "'f32[9]'",
        "  10: it is made here",
        "11: the power of 'spectrogram' must be above 0; found 0",
        "11: the input of 'spectrogram' must be floating-point numbers with the axes [..., time]; "
          + "it is 'i32[2, 20]'",
        "  2: it is made here",
        "12: the length of 'hannWindow' must be at least 1; found 0",
        "13: the input of 'preEmphasis' must be floating-point numbers with the axes [..., time]; "
          + "it is 'i32[2, 20]'",
        "  2: it is made here",
        "14: the least amplitude of 'amplitudeToDecibels' must be above 0; found -1",
        "14: the reference of 'amplitudeToDecibels' must be above 0; found 0",
        "14: the range of 'amplitudeToDecibels' must be at least 0; found -2",
      ])
  }

  @Test func mels() {
    let found = mistakes {
      let model = Model("a")
      model.infer(Input("x", [2, 50])) { x in
        _ = melFilters(bins: 5, count: 6)
        _ = melFilters(bins: 9, count: 2, sampleRate: 0)
        _ = melFilters(bins: 9, count: 2, range: -5...8)
        _ = melSpectrogram(x, size: 16, mels: 10)
        _ = mfcc(x, coefficients: 7, size: 16, mels: 6)
        return ["y": x]
      }
    }
    #expect(
      found == [
        "3: the number of filters of 'melFilters' must be at most the number of frequencies, 5; "
          + "found 6",
        "  a filter that meets no frequency is always 0",
        "4: the sample rate of 'melFilters' must be at least 1; found 0",
        "5: the range of 'melFilters' must be 0 or above and not empty; found -5 to 8",
        "6: the number of filters of 'melSpectrogram' must be at most the number of frequencies, "
          + "9; found 10",
        "  a filter that meets no frequency is always 0",
        "7: the number of coefficients of 'mfcc' must be at most the number of filters, 6; found 7",
      ])
  }
}
