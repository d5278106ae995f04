package io.turnwise.conversion.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;
import java.util.Random;

/**
 * A network with everything that ResNet34 has, once: {@code feats} [B, T, 80], convolution, ReLU, a
 * residual block of the same shape (its second convolution with its batch normalisation not folded
 * yet), one with a strided shortcut, pooling over time, linear layer to {@code embs} [B, 24].
 * Weights are random, seeded, of very different sizes from channel to channel.
 */
final class TinyResNet {
  static final int DIMENSION = 24;

  private final Random random = new Random(11);
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("tiny");
  private int opset = 14;

  static TinyResNet of() {
    return new TinyResNet();
  }

  TinyResNet opset(int version) {
    opset = version;
    return this;
  }

  ModelProto build() {
    graph.addInput(value("feats", "B", "T", 80));
    graph.addOutput(value("embs", "B", DIMENSION));
    node("Transpose", "by_bin", List.of("feats"), ints("perm", 0, 2, 1));
    constant("one", TensorProto.DataType.INT64_VALUE, 1);
    node("Unsqueeze", "image", List.of("by_bin", "one"));
    convolution("stem", "image", 1, 8, 3, 1);
    node("Relu", "stem_relu", List.of("stem"));
    convolution("block1_a", "stem_relu", 8, 8, 3, 1);
    node("Relu", "block1_a_relu", List.of("block1_a"));
    convolution("block1_b", "block1_a_relu", 8, 8, 3, 1);
    normalization("block1_b_norm", "block1_b", 8);
    node("Add", "block1_sum", List.of("block1_b_norm", "stem_relu"));
    node("Relu", "block1", List.of("block1_sum"));
    convolution("block2_a", "block1", 8, 16, 3, 2);
    node("Relu", "block2_a_relu", List.of("block2_a"));
    convolution("block2_b", "block2_a_relu", 16, 16, 3, 1);
    convolution("block2_shortcut", "block1", 8, 16, 1, 2);
    node("Add", "block2_sum", List.of("block2_b", "block2_shortcut"));
    node("Relu", "block2", List.of("block2_sum"));
    convolution("head", "block2", 16, 16, 3, 2);
    node("ReduceMean", "pooled", List.of("head"), ints("axes", -1), integer("keepdims", 0));
    node("Flatten", "flat", List.of("pooled"), integer("axis", 1));
    weights("linear", 0.05f, DIMENSION, 16 * 20);
    weights("linear_bias", 0.05f, DIMENSION);
    node("Gemm", "embs", List.of("flat", "linear", "linear_bias"), integer("transB", 1));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .setGraph(graph)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
        .build();
  }

  private void convolution(String name, String input, int from, int to, int size, int stride) {
    weights(name + "_w", (float) Math.sqrt(2.0 / (from * size * size)), to, from, size, size);
    weights(name + "_b", 0.1f, to);
    node(
        "Conv",
        name,
        List.of(input, name + "_w", name + "_b"),
        ints("kernel_shape", size, size),
        ints("strides", stride, stride),
        ints("pads", size / 2, size / 2, size / 2, size / 2));
  }

  private void normalization(String name, String input, int channels) {
    weights(name + "_scale", 1, channels);
    weights(name + "_shift", 0.1f, channels);
    weights(name + "_mean", 0.2f, channels);
    float[] variance = new float[channels];
    for (int i = 0; i < channels; i++) {
      variance[i] = 0.5f + random.nextFloat();
    }
    graph.addInitializer(Tensors.ofFloats(name + "_variance", variance, channels));
    node(
        "BatchNormalization",
        name,
        List.of(input, name + "_scale", name + "_shift", name + "_mean", name + "_variance"));
  }

  /** Normal, each output channel with a deviation of its own. */
  private void weights(String name, float deviation, long... dimensions) {
    int size = 1;
    for (long dimension : dimensions) {
      size *= (int) dimension;
    }
    float[] values = new float[size];
    int channels = (int) dimensions[0];
    for (int channel = 0; channel < channels; channel++) {
      double own = deviation * Math.pow(2, 2 * random.nextDouble() - 1);
      for (int i = 0; i < size / channels; i++) {
        values[channel * (size / channels) + i] = (float) (own * random.nextGaussian());
      }
    }
    graph.addInitializer(Tensors.ofFloats(name, values, dimensions));
  }

  private void constant(String name, int type, long value) {
    graph.addInitializer(
        TensorProto.newBuilder().setName(name).setDataType(type).addDims(1).addInt64Data(value));
  }

  private void node(
      String operator, String output, List<String> inputs, AttributeProto... attributes) {
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(operator)
            .addOutput(output)
            .addAllInput(inputs)
            .addAllAttribute(List.of(attributes)));
  }

  private static AttributeProto ints(String name, long... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }
    return attribute.build();
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static ValueInfoProto value(String name, Object... dimensions) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object dimension : dimensions) {
      if (dimension instanceof Integer size) {
        shape.addDimBuilder().setDimValue(size);
      } else {
        shape.addDimBuilder().setDimParam((String) dimension);
      }
    }
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder()
            .setElemType(TensorProto.DataType.FLOAT_VALUE)
            .setShape(shape)
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
