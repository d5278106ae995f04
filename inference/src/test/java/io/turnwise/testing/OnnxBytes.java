package io.turnwise.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes ONNX files of a few nodes, field by field as onnx.proto numbers them, so that each model
 * contract can be run and broken without any file beside the project.
 */
public final class OnnxBytes {
  private final ByteArrayOutputStream graph = new ByteArrayOutputStream();
  private final ByteArrayOutputStream metadata = new ByteArrayOutputStream();

  /** {@code feats} [B, T, 80] to {@code embs} [B, 80]: the largest value of each bin. */
  public static byte[] features() {
    return new OnnxBytes()
        .input("feats", "B", "T", 80)
        .output("embs", "B", 80)
        .reduce("ReduceMax", "feats", "embs", false)
        .file();
  }

  /** {@code fbank} and {@code weights} to {@code embedding}: the same times the mean weight. */
  public static byte[] featuresAndWeights() {
    return new OnnxBytes()
        .input("fbank", "batch", "num_frames", 80)
        .input("weights", "batch", "num_weights")
        .output("embedding", "batch", 80)
        .reduce("ReduceMax", "fbank", "largest", false)
        .reduce("ReduceMean", "weights", "weight", true)
        .node("Mul", "embedding", "largest", "weight")
        .file();
  }

  /** {@code waveform} [B, N] to {@code embs} [B, 1]: the largest sample. */
  public static byte[] waveform() {
    return new OnnxBytes()
        .input("waveform", "B", "N")
        .output("embs", "B", 1)
        .reduce("ReduceMax", "waveform", "embs", true)
        .file();
  }

  /** The contract of {@link #features()}, but whatever is heard gives NaN. */
  public static byte[] notANumber() {
    return new OnnxBytes()
        .input("feats", "B", "T", 80)
        .output("embs", "B", 80)
        .reduce("ReduceMin", "feats", "lowest", false)
        .node("Sqrt", "embs", "lowest")
        .file();
  }

  /** The contract of {@link #features()}, but it goes round in a loop for ever. */
  public static byte[] endless() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    bytes(body, 1, plainNode("Identity", "still", "on").toByteArray());
    bytes(body, 1, plainNode("Identity", "handed", "held").toByteArray());
    text(body, 2, "body");
    bytes(body, 11, value("round", 7));
    bytes(body, 11, value("on", 9));
    bytes(body, 11, value("held", 1, "B", 80));
    bytes(body, 12, value("still", 9));
    bytes(body, 12, value("handed", 1, "B", 80));
    ByteArrayOutputStream attribute = new ByteArrayOutputStream();
    text(attribute, 1, "body");
    bytes(attribute, 6, body.toByteArray());
    number(attribute, 20, 5);
    ByteArrayOutputStream loop = plainNode("Loop", "embs", "rounds", "go", "largest");
    bytes(loop, 5, attribute.toByteArray());
    ByteArrayOutputStream rounds = new ByteArrayOutputStream();
    number(rounds, 2, 7);
    text(rounds, 8, "rounds");
    bytes(rounds, 9, new byte[] {-1, -1, -1, -1, -1, -1, -1, 0x7f});
    OnnxBytes model =
        new OnnxBytes()
            .input("feats", "B", "T", 80)
            .output("embs", "B", 80)
            .reduce("ReduceMax", "feats", "largest", false);
    return model
        .add(model.graph, 5, rounds.toByteArray())
        .add(model.graph, 5, tensor("go", 9, new int[0], new byte[] {1}))
        .add(model.graph, 1, loop.toByteArray())
        .file();
  }

  /** A float32 input; a dimension is an Integer, a name, or "" for one without a name. */
  public OnnxBytes input(String name, Object... dimensions) {
    return add(graph, 11, value(name, 1, dimensions));
  }

  /** An input of another element type, by onnx.proto's number. */
  public OnnxBytes inputOf(int elementType, String name, Object... dimensions) {
    return add(graph, 11, value(name, elementType, dimensions));
  }

  public OnnxBytes output(String name, Object... dimensions) {
    return add(graph, 12, value(name, 1, dimensions));
  }

  public OnnxBytes node(String operator, String output, String... inputs) {
    return add(graph, 1, plainNode(operator, output, inputs).toByteArray());
  }

  /**
   * A node with attributes, in pairs of name and value: an Integer, a Float, a String or a long[].
   *
   * @param output its only output
   */
  public OnnxBytes node(String operator, String output, List<String> inputs, Object... attributes) {
    ByteArrayOutputStream node = plainNode(operator, output, inputs.toArray(String[]::new));
    for (int i = 0; i < attributes.length; i += 2) {
      bytes(node, 5, attribute((String) attributes[i], attributes[i + 1]));
    }
    return add(graph, 1, node.toByteArray());
  }

  /** A node of an operator that ONNX does not define. */
  public OnnxBytes foreignNode(String domain, String operator, String output, String... inputs) {
    ByteArrayOutputStream node = plainNode(operator, output, inputs);
    text(node, 7, domain);
    return add(graph, 1, node.toByteArray());
  }

  /** A local function of one node that hands its input on. */
  public OnnxBytes function(String domain, String name) {
    return functionOf(domain, name, plainNode("Identity", "y", "x"));
  }

  /** A local function that calls another one twice, one after the other. */
  public OnnxBytes functionTwice(String domain, String name, String other) {
    ByteArrayOutputStream first = plainNode(other, "between", "x");
    ByteArrayOutputStream second = plainNode(other, "y", "between");
    text(first, 7, domain);
    text(second, 7, domain);
    return functionOf(domain, name, first, second);
  }

  private OnnxBytes functionOf(String domain, String name, ByteArrayOutputStream... nodes) {
    ByteArrayOutputStream function = new ByteArrayOutputStream();
    text(function, 1, name);
    text(function, 4, "x");
    text(function, 5, "y");
    for (ByteArrayOutputStream node : nodes) {
      bytes(function, 7, node.toByteArray());
    }
    bytes(function, 9, operatorSet("", 17));
    text(function, 10, domain);
    bytes(metadata, 8, operatorSet(domain, 1));
    return add(metadata, 25, function.toByteArray());
  }

  /** A local function in which a constant's values are said to lie in another file. */
  public OnnxBytes externalConstantInFunction(String name) {
    ByteArrayOutputStream function = new ByteArrayOutputStream();
    text(function, 1, "f");
    bytes(function, 7, constant(externalTensor(name)));
    return add(metadata, 25, function.toByteArray());
  }

  /** A sparse initializer whose values are said to lie in another file. */
  public OnnxBytes externalSparseInitializer(String name) {
    ByteArrayOutputStream sparse = new ByteArrayOutputStream();
    bytes(sparse, 1, externalTensor(name));
    return add(graph, 15, sparse.toByteArray());
  }

  /** A list of tensors in an attribute, whose values are said to lie in another file. */
  public OnnxBytes externalTensorsInAttribute(String name) {
    ByteArrayOutputStream attribute = new ByteArrayOutputStream();
    text(attribute, 1, "values");
    bytes(attribute, 10, externalTensor(name));
    ByteArrayOutputStream node = plainNode("Custom", "o");
    bytes(node, 5, attribute.toByteArray());
    return add(graph, 1, node.toByteArray());
  }

  /** An initializer, inside a branch of an If node, whose values are said to lie elsewhere. */
  public OnnxBytes externalInitializerInBranch(String name) {
    ByteArrayOutputStream branch = new ByteArrayOutputStream();
    bytes(branch, 5, externalTensor(name));
    return branch(branch.toByteArray());
  }

  /** A float32 initializer, row by row. */
  public OnnxBytes initializer(String name, int[] shape, float... values) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES);
    raw.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return add(graph, 5, tensor(name, 1, shape, raw.array()));
  }

  /** An int64 initializer of one axis. */
  public OnnxBytes longs(String name, long... values) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * Long.BYTES);
    raw.order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(values);
    return add(graph, 5, tensor(name, 7, new int[] {values.length}, raw.array()));
  }

  /** A float32 initializer that declares a shape and holds four bytes. */
  public OnnxBytes hollowInitializer(String name, int... shape) {
    return add(graph, 5, tensor(name, 1, shape, new byte[4]));
  }

  /** Reduces the second axis. */
  public OnnxBytes reduce(String operator, String input, String output, boolean keep) {
    ByteArrayOutputStream node = plainNode(operator, output, input);
    ByteArrayOutputStream axes = new ByteArrayOutputStream();
    text(axes, 1, "axes");
    number(axes, 8, 1);
    number(axes, 20, 7);
    bytes(node, 5, axes.toByteArray());
    ByteArrayOutputStream keepdims = new ByteArrayOutputStream();
    text(keepdims, 1, "keepdims");
    number(keepdims, 3, keep ? 1 : 0);
    number(keepdims, 20, 2);
    bytes(node, 5, keepdims.toByteArray());
    return add(graph, 1, node.toByteArray());
  }

  /** An initializer whose values are said to lie in another file. */
  public OnnxBytes externalInitializer(String name) {
    return add(graph, 5, externalTensor(name));
  }

  /** A constant whose values are said to lie in another file, inside a branch of an If node. */
  public OnnxBytes externalConstantInBranch(String name) {
    ByteArrayOutputStream branch = new ByteArrayOutputStream();
    bytes(branch, 1, constant(externalTensor(name)));
    return branch(branch.toByteArray());
  }

  private OnnxBytes branch(byte[] branch) {
    ByteArrayOutputStream then = new ByteArrayOutputStream();
    text(then, 1, "then_branch");
    bytes(then, 6, branch);
    ByteArrayOutputStream node = plainNode("If", "o", "i");
    bytes(node, 5, then.toByteArray());
    return add(graph, 1, node.toByteArray());
  }

  private static byte[] constant(byte[] tensor) {
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    text(value, 1, "value");
    bytes(value, 5, tensor);
    ByteArrayOutputStream constant = plainNode("Constant", "c");
    bytes(constant, 5, value.toByteArray());
    return constant.toByteArray();
  }

  /** An initializer of one float. */
  public OnnxBytes initializer(String name) {
    ByteArrayOutputStream tensor = new ByteArrayOutputStream();
    number(tensor, 1, 1);
    number(tensor, 2, 1);
    text(tensor, 8, name);
    bytes(tensor, 9, new byte[4]);
    return add(graph, 5, tensor.toByteArray());
  }

  public OnnxBytes metadata(String key, String value) {
    ByteArrayOutputStream pair = new ByteArrayOutputStream();
    text(pair, 1, key);
    text(pair, 2, value);
    return add(metadata, 14, pair.toByteArray());
  }

  public byte[] file() {
    ByteArrayOutputStream model = new ByteArrayOutputStream();
    number(model, 1, 8);
    ByteArrayOutputStream named = new ByteArrayOutputStream();
    text(named, 2, "tiny");
    named.writeBytes(graph.toByteArray());
    bytes(model, 7, named.toByteArray());
    bytes(model, 8, operatorSet("", 17));
    model.writeBytes(metadata.toByteArray());
    return model.toByteArray();
  }

  private static byte[] operatorSet(String domain, int version) {
    ByteArrayOutputStream operators = new ByteArrayOutputStream();
    text(operators, 1, domain);
    number(operators, 2, version);
    return operators.toByteArray();
  }

  private static byte[] attribute(String name, Object value) {
    ByteArrayOutputStream attribute = new ByteArrayOutputStream();
    text(attribute, 1, name);
    if (value instanceof Integer number) {
      number(attribute, 3, number);
      number(attribute, 20, 2);
    } else if (value instanceof Float real) {
      varint(attribute, 2 << 3 | 5);
      attribute.writeBytes(
          ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(real).array());
      number(attribute, 20, 1);
    } else if (value instanceof String word) {
      text(attribute, 4, word);
      number(attribute, 20, 3);
    } else {
      for (long number : (long[]) value) {
        number(attribute, 8, Math.toIntExact(number));
      }
      number(attribute, 20, 7);
    }
    return attribute.toByteArray();
  }

  private static byte[] tensor(String name, int elementType, int[] shape, byte[] raw) {
    ByteArrayOutputStream tensor = new ByteArrayOutputStream();
    for (int size : shape) {
      number(tensor, 1, size);
    }
    number(tensor, 2, elementType);
    text(tensor, 8, name);
    bytes(tensor, 9, raw);
    return tensor.toByteArray();
  }

  private static byte[] externalTensor(String name) {
    ByteArrayOutputStream place = new ByteArrayOutputStream();
    text(place, 1, "location");
    text(place, 2, "weights.bin");
    ByteArrayOutputStream tensor = new ByteArrayOutputStream();
    number(tensor, 1, 1);
    number(tensor, 2, 1);
    text(tensor, 8, name);
    bytes(tensor, 13, place.toByteArray());
    number(tensor, 14, 1);
    return tensor.toByteArray();
  }

  private static ByteArrayOutputStream plainNode(String operator, String output, String... inputs) {
    ByteArrayOutputStream node = new ByteArrayOutputStream();
    for (String input : inputs) {
      text(node, 1, input);
    }
    text(node, 2, output);
    text(node, 4, operator);
    return node;
  }

  private static byte[] value(String name, int elementType, Object... dimensions) {
    ByteArrayOutputStream shape = new ByteArrayOutputStream();
    for (Object size : dimensions) {
      ByteArrayOutputStream dimension = new ByteArrayOutputStream();
      if (size instanceof Integer fixed) {
        number(dimension, 1, fixed);
      } else if (!size.equals("")) {
        text(dimension, 2, (String) size);
      }
      bytes(shape, 1, dimension.toByteArray());
    }
    ByteArrayOutputStream tensor = new ByteArrayOutputStream();
    number(tensor, 1, elementType);
    bytes(tensor, 2, shape.toByteArray());
    ByteArrayOutputStream type = new ByteArrayOutputStream();
    bytes(type, 1, tensor.toByteArray());
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    text(value, 1, name);
    bytes(value, 2, type.toByteArray());
    return value.toByteArray();
  }

  private OnnxBytes add(ByteArrayOutputStream out, int field, byte[] value) {
    bytes(out, field, value);
    return this;
  }

  private static void bytes(ByteArrayOutputStream out, int field, byte[] value) {
    varint(out, field << 3 | 2);
    varint(out, value.length);
    out.writeBytes(value);
  }

  private static void text(ByteArrayOutputStream out, int field, String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    varint(out, field << 3 | 2);
    varint(out, utf8.length);
    out.writeBytes(utf8);
  }

  private static void number(ByteArrayOutputStream out, int field, int value) {
    varint(out, field << 3);
    varint(out, value);
  }

  private static void varint(ByteArrayOutputStream out, int value) {
    int rest = value;
    while (rest > 0x7f) {
      out.write(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }
}
