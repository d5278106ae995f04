package io.turnwise.conversion.resnet;

import java.util.List;

/**
 * One convolution of the network and the normalisation that follows it. It has no bias; its padding
 * keeps the size where the stride is 1.
 *
 * @param name what its tensors' names begin with, as in PyTorch
 * @param norm what those of its normalisation begin with
 * @param inputs channels that come in
 * @param outputs channels that go out
 * @param kernel height and width of its kernel
 * @param stride steps in both directions
 */
record Convolution(String name, String norm, int inputs, int outputs, int kernel, int stride) {
  int padding() {
    return kernel / 2;
  }

  /** The kernel's shape in PyTorch. */
  List<Integer> shape() {
    return List.of(outputs, inputs, kernel, kernel);
  }
}
