package io.turnwise.conversion.resnet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * ResNet34 as WeSpeaker builds it (wespeaker/models/resnet.py, two_emb_layer false): a 3x3
 * convolution, basic blocks [3, 4, 6, 3] of 1, 2, 4 and 8 times the width, statistics pooling over
 * time, one linear layer. Tensors are named and shaped as in PyTorch.
 *
 * @param width channels of the first convolution; 32 in ResNet34-LM
 * @param dimension length of the embeddings; 256 in ResNet34-LM
 */
record Architecture(int width, int dimension) {
  /** Mel bins that go in. */
  static final int BINS = 80;

  /** What the final linear layer's tensors' names begin with. */
  static final String LINEAR = "seg_1";

  /** The first convolution's kernel: it tells the width, and the order of the dimensions. */
  static final String FIRST = "conv1.weight";

  /** The network's own: PyTorch's default for BatchNorm2d. */
  static final double NORM_EPSILON = 1e-5;

  static final int WIDEST = 1024;
  static final int LONGEST = 65_536;

  private static final int[] BLOCKS = {3, 4, 6, 3};

  /** Frequency rows that are left after three halvings. */
  private static final int ROWS = BINS / 8;

  Architecture {
    if (width < 1 || width > WIDEST) {
      throw new IllegalArgumentException("width: " + width + " is not 1 to " + WIDEST);
    }
    if (dimension < 1 || dimension > LONGEST) {
      throw new IllegalArgumentException("dimension: " + dimension + " is not 1 to " + LONGEST);
    }
  }

  /** A residual block; without a shortcut the block's input is added as it is. */
  record Block(Convolution first, Convolution second, Optional<Convolution> shortcut) {}

  Convolution stem() {
    return new Convolution("conv1", "bn1", 1, width, 3, 1);
  }

  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    int inputs = width;
    for (int stage = 0; stage < BLOCKS.length; stage++) {
      int outputs = width << stage;
      for (int index = 0; index < BLOCKS[stage]; index++) {
        String name = "layer" + (stage + 1) + "." + index + ".";
        int stride = stage > 0 && index == 0 ? 2 : 1;
        blocks.add(
            new Block(
                new Convolution(name + "conv1", name + "bn1", inputs, outputs, 3, stride),
                new Convolution(name + "conv2", name + "bn2", outputs, outputs, 3, 1),
                stride == 1
                    ? Optional.empty()
                    : Optional.of(
                        new Convolution(
                            name + "shortcut.0",
                            name + "shortcut.1",
                            inputs,
                            outputs,
                            1,
                            stride))));
        inputs = outputs;
      }
    }
    return blocks;
  }

  List<Convolution> convolutions() {
    List<Convolution> all = new ArrayList<>();
    all.add(stem());
    for (Block block : blocks()) {
      all.add(block.first);
      all.add(block.second);
      block.shortcut.ifPresent(all::add);
    }
    return all;
  }

  /** Pooled features: mean and deviation of each channel of each frequency row. */
  int pooled() {
    return 2 * ROWS * 8 * width;
  }

  /** Shapes of all tensors by name, in the network's order. */
  Map<String, List<Integer>> tensors() {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    for (Convolution convolution : convolutions()) {
      shapes.put(convolution.name() + ".weight", convolution.shape());
      for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
        shapes.put(convolution.norm() + "." + part, List.of(convolution.outputs()));
      }
    }
    shapes.put(LINEAR + ".weight", List.of(dimension, pooled()));
    shapes.put(LINEAR + ".bias", List.of(dimension));
    return shapes;
  }

  /** Numbers that training found: all but the running statistics. */
  long parameters() {
    return tensors().entrySet().stream()
        .filter(tensor -> !tensor.getKey().contains(".running_"))
        .mapToLong(tensor -> tensor.getValue().stream().mapToLong(size -> size).reduce(1, (a, b) -> a * b))
        .sum();
  }
}
