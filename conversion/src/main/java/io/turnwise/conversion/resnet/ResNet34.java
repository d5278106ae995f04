package io.turnwise.conversion.resnet;

import io.turnwise.conversion.resnet.Faults.Kind;
import io.turnwise.conversion.weights.UnusableWeights;
import io.turnwise.conversion.weights.WeightsFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The weights of a ResNet34 in WeSpeaker's layout, of any width and dimension, checked and folded.
 * Immutable.
 */
public final class ResNet34 {
  /** The training classifier's matrix; WeSpeaker's checkpoints carry it along. */
  private static final String CLASSIFIER = "projection.";

  private static final String COUNTER = ".num_batches_tracked";
  private static final String LINEAR_WEIGHT = Architecture.LINEAR + ".weight";
  private static final String LINEAR_BIAS = Architecture.LINEAR + ".bias";

  private final Architecture architecture;
  private final Layout layout;
  private final Map<Convolution, FoldedConvolution> convolutions;
  private final float[] linearWeight;
  private final float[] linearBias;

  private ResNet34(
      Architecture architecture,
      Layout layout,
      Map<Convolution, FoldedConvolution> convolutions,
      float[] linearWeight,
      float[] linearBias) {
    this.architecture = architecture;
    this.layout = layout;
    this.convolutions = convolutions;
    this.linearWeight = linearWeight;
    this.linearBias = linearBias;
  }

  /** In which order a file's convolution kernels have their dimensions. */
  public enum Layout {
    /** Outputs, inputs, height, width. */
    PYTORCH,
    /** Outputs, height, width, inputs. */
    MLX
  }

  /**
   * Reads a network from an {@code .npz} or a {@code .safetensors} file.
   *
   * <p>Both ways of naming are taken in both kinds of file: PyTorch's ({@code layer2.0.shortcut.0},
   * {@code seg_1}) and the MLX port's ({@code layer2.0.shortcut_conv}, {@code fc}), after any one
   * prefix. The order of a kernel's dimensions follows from the shape of the first one. Width and
   * dimension follow from the shapes of the first kernel and of the linear layer. {@code
   * num_batches_tracked} and the training classifier ({@code projection}) are ignored; any other
   * tensor too many is an error, for it belongs to another network.
   *
   * @throws UnusableWeights if the file cannot be read, a tensor is missing, unknown, of another
   *     shape or not finite; the message names all of them, up to twelve of a kind
   */
  public static ResNet34 read(Path path) {
    try (WeightsFile file = WeightsFile.open(path)) {
      return new Reader(file).network();
    }
  }

  /**
   * A network of random weights, to be timed: it takes as long as a trained one. Equal seeds give
   * equal networks. Deviations are such that values keep their size from layer to layer (He et al.,
   * Delving deep into rectifiers, 2015); the second convolution of a block has half of it, so that
   * sixteen additions do not make them grow.
   *
   * @param width channels of the first convolution; 32 in ResNet34-LM
   * @param dimension length of the embeddings; 256 in ResNet34-LM
   */
  public static ResNet34 random(int width, int dimension, long seed) {
    Architecture architecture = new Architecture(width, dimension);
    Random random = new Random(seed);
    Map<Convolution, FoldedConvolution> convolutions = new LinkedHashMap<>();
    for (Convolution convolution : architecture.convolutions()) {
      int sum = convolution.inputs() * convolution.kernel() * convolution.kernel();
      double deviation = Math.sqrt(2.0 / sum) / (convolution.name().endsWith("conv2") ? 2 : 1);
      convolutions.put(
          convolution,
          new FoldedConvolution(
              normal(random, deviation, convolution.outputs() * sum),
              normal(random, 0.1, convolution.outputs())));
    }
    double deviation = Math.sqrt(1.0 / architecture.pooled());
    return new ResNet34(
        architecture,
        Layout.PYTORCH,
        convolutions,
        normal(random, deviation, dimension * architecture.pooled()),
        new float[dimension]);
  }

  private static float[] normal(Random random, double deviation, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }

  /** Channels of the first convolution; 32 in ResNet34-LM. */
  public int width() {
    return architecture.width();
  }

  /** Length of the embeddings; 256 in ResNet34-LM. */
  public int dimension() {
    return architecture.dimension();
  }

  /** Numbers that training found, running statistics not counted. */
  public long parameters() {
    return architecture.parameters();
  }

  /** The file's order of a kernel's dimensions. */
  public Layout layout() {
    return layout;
  }

  /**
   * Whether the final layer's columns look as if they stood in another order than PyTorch's, which
   * is the one that is assumed: trained so by, or saved from, a port that flattens the pooled
   * features otherwise. A guess from the numbers, and the only sign there is; embeddings of such a
   * file would be noise.
   */
  public boolean columnsLookReordered() {
    return new PooledColumns(
            linearWeight, architecture.dimension(), architecture.channels(), Architecture.ROWS)
        .lookReordered();
  }

  /**
   * The network as an ONNX file of WeSpeaker's contract: {@code feats} float32 [B, T, 80], the mean
   * of each bin over time subtracted, to {@code embs} float32 [B, dimension], not normalised; opset
   * 14, B and T dynamic. T below 9 leaves one column to pool, whose deviation is no number. The
   * same weights give the same bytes.
   */
  public byte[] toOnnx() {
    return new OnnxWriter(architecture).write(convolutions::get, linearWeight, linearBias);
  }

  /** Takes a file's tensors one by one, the checks that need no values first. */
  private static final class Reader {
    private final WeightsFile file;
    private final Naming naming;
    private final Map<String, String> inFile = new HashMap<>();
    private final Faults faults = new Faults();

    Reader(WeightsFile file) {
      this.file = file;
      this.naming = Naming.of(file.names());
    }

    ResNet34 network() {
      List<String> needed = List.copyOf(new Architecture(1, 1).tensors().keySet());
      assign(needed);
      for (String tensor : needed) {
        if (!inFile.containsKey(tensor)) {
          faults.add(Kind.MISSING, naming.inFile(tensor));
        }
      }
      Layout layout = layout();
      Architecture architecture = architecture(layout);
      compareShapes(architecture, layout);
      stopAtFaults();
      Map<Convolution, FoldedConvolution> folded = new LinkedHashMap<>();
      for (Convolution convolution : architecture.convolutions()) {
        folded.put(convolution, fold(convolution, layout));
      }
      float[] weight = finite(LINEAR_WEIGHT);
      float[] bias = finite(LINEAR_BIAS);
      stopAtFaults();
      return new ResNet34(architecture, layout, folded, weight, bias);
    }

    private void assign(List<String> needed) {
      for (String name : file.names()) {
        String tensor = naming.inPyTorch(name);
        if (name.endsWith(COUNTER)
            || name.startsWith(CLASSIFIER)
            || tensor.startsWith(CLASSIFIER)) {
          continue;
        }
        if (!needed.contains(tensor)) {
          boolean second = tensor.startsWith("seg_bn_1.") || tensor.startsWith("seg_2.");
          faults.add(second ? Kind.SECOND_LAYER : Kind.UNKNOWN, name);
        } else {
          String other = inFile.putIfAbsent(tensor, name);
          if (other != null) {
            faults.add(Kind.TWICE, other + " = " + name);
          }
        }
      }
    }

    private void stopAtFaults() {
      if (!faults.none()) {
        throw new UnusableWeights(
            file.path(),
            "is no ResNet34 that can be imported: it "
                + faults
                + "; docs/how-to/import-resnet34-lm.md says where the published files are and what"
                + " is read from them");
      }
    }

    private Layout layout() {
      List<Integer> first = shape(Architecture.FIRST);
      return first.size() == 4 && first.get(1) != 1 && first.get(3) == 1
          ? Layout.MLX
          : Layout.PYTORCH;
    }

    /**
     * The network that the shapes tell of; where they tell of none, that is the only fault told.
     */
    private Architecture architecture(Layout layout) {
      List<Integer> first = shape(Architecture.FIRST);
      int width = first.isEmpty() ? 1 : first.get(0);
      boolean widthTold =
          width >= 1
              && width <= Architecture.WIDEST
              && first.equals(saved(List.of(width, 1, 3, 3), layout));
      if (!first.isEmpty() && !widthTold) {
        faults.add(
            Kind.SHAPE,
            inFile.get(Architecture.FIRST)
                + " "
                + first
                + " (wanted [W, 1, 3, 3] or [W, 3, 3, 1])");
      }
      if (!widthTold) {
        stopAtFaults();
      }
      List<Integer> linear = shape(LINEAR_WEIGHT);
      boolean dimensionTold =
          linear.size() == 2 && linear.get(0) >= 1 && linear.get(0) <= Architecture.LONGEST;
      return new Architecture(width, dimensionTold ? linear.get(0) : 1);
    }

    private List<Integer> shape(String tensor) {
      String name = inFile.get(tensor);
      return name == null ? List.of() : file.shape(name);
    }

    private void compareShapes(Architecture architecture, Layout layout) {
      architecture
          .tensors()
          .forEach(
              (tensor, wanted) -> {
                String name = inFile.get(tensor);
                List<Integer> asSaved = saved(wanted, layout);
                if (name != null && !file.shape(name).equals(asSaved)) {
                  faults.add(
                      Kind.SHAPE, name + " " + file.shape(name) + " (wanted " + asSaved + ")");
                }
              });
    }

    private static List<Integer> saved(List<Integer> shape, Layout layout) {
      return layout == Layout.MLX && shape.size() == 4
          ? List.of(shape.get(0), shape.get(2), shape.get(3), shape.get(1))
          : shape;
    }

    private FoldedConvolution fold(Convolution convolution, Layout layout) {
      float[] kernel = finite(convolution.name() + ".weight");
      String norm = convolution.norm() + ".";
      float[] variance = finite(norm + "running_var");
      for (float value : variance) {
        if (value < 0) {
          faults.add(Kind.NEGATIVE, inFile.get(norm + "running_var"));
          break;
        }
      }
      return FoldedConvolution.of(
          convolution,
          layout == Layout.MLX ? inputsFirst(convolution, kernel) : kernel,
          finite(norm + "weight"),
          finite(norm + "bias"),
          finite(norm + "running_mean"),
          variance);
    }

    /** From (outputs, height, width, inputs) to (outputs, inputs, height, width). */
    private static float[] inputsFirst(Convolution convolution, float[] kernel) {
      int area = convolution.kernel() * convolution.kernel();
      int inputs = convolution.inputs();
      float[] turned = new float[kernel.length];
      for (int output = 0; output < convolution.outputs(); output++) {
        for (int input = 0; input < inputs; input++) {
          for (int place = 0; place < area; place++) {
            turned[(output * inputs + input) * area + place] =
                kernel[(output * area + place) * inputs + input];
          }
        }
      }
      return turned;
    }

    private float[] finite(String tensor) {
      String name = inFile.get(tensor);
      float[] values = file.values(name);
      for (float value : values) {
        if (!Float.isFinite(value)) {
          faults.add(Kind.NOT_FINITE, name);
          break;
        }
      }
      return values;
    }
  }
}
