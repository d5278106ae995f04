package io.turnwise.conversion.resnet;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Writes the network as an ONNX graph, the way PyTorch exports WeSpeaker's. Used once. */
final class OnnxWriter {
  private static final int OPSET = 14;

  /** The version of the file format that came with the opset. */
  private static final int IR_VERSION = 7;

  /** What WeSpeaker's pooling adds to a variance before it takes the root. */
  private static final float POOLING_EPSILON = 1e-7f;

  private final Architecture architecture;
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("resnet34");

  OnnxWriter(Architecture architecture) {
    this.architecture = architecture;
  }

  byte[] write(
      Function<Convolution, FoldedConvolution> folded, float[] linearWeight, float[] linearBias) {
    graph.addInput(value("feats", "B", "T", Architecture.BINS));
    graph.addOutput(value("embs", "B", architecture.dimension()));
    String x = relu(convolution(architecture.stem(), folded, image()));
    for (Architecture.Block block : architecture.blocks()) {
      String y = relu(convolution(block.first(), folded, x));
      y = convolution(block.second(), folded, y);
      String around = x;
      if (block.shortcut().isPresent()) {
        around = convolution(block.shortcut().get(), folded, x);
      }
      x = relu(node("Add", y + "+shortcut", y, around));
    }
    floats("seg_1.weight", linearWeight, architecture.dimension(), architecture.pooled());
    floats("seg_1.bias", linearBias, architecture.dimension());
    node("Gemm", "embs", List.of(pooled(x), "seg_1.weight", "seg_1.bias"), integer("transB", 1));
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("turnwise")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  /** Time and frequency become the width and height of an image with one channel. */
  private String image() {
    longs("axis1", 1, 1);
    String turned = node("Transpose", "feats.turned", List.of("feats"), integers("perm", 0, 2, 1));
    return node("Unsqueeze", "feats.image", turned, "axis1");
  }

  private String convolution(
      Convolution convolution, Function<Convolution, FoldedConvolution> folded, String x) {
    FoldedConvolution values = folded.apply(convolution);
    String name = convolution.name();
    int kernel = convolution.kernel();
    int stride = convolution.stride();
    int padding = convolution.padding();
    floats(
        name + ".weight",
        values.weight(),
        convolution.outputs(),
        convolution.inputs(),
        kernel,
        kernel);
    floats(name + ".bias", values.bias(), convolution.outputs());
    return node(
        "Conv",
        name,
        List.of(x, name + ".weight", name + ".bias"),
        integers("kernel_shape", kernel, kernel),
        integers("pads", padding, padding, padding, padding),
        integers("strides", stride, stride));
  }

  private String relu(String x) {
    return node("Relu", x + ".relu", x);
  }

  /**
   * Mean over time, and deviation sqrt(variance + epsilon) with the unbiased variance, each as
   * channels x rows, the mean first (TSTP of wespeaker/models/pooling_layers.py).
   */
  private String pooled(String x) {
    longs("last", -1, 1);
    longs("time", 3);
    longs("one", 1);
    String mean =
        node("ReduceMean", "mean", List.of(x), integers("axes", -1), integer("keepdims", 1));
    String away = node("Sub", "away", x, mean);
    String squares = node("Mul", "squares", away, away);
    String sum = node("ReduceSum", "sum", List.of(squares, "last"), integer("keepdims", 0));
    String columns = node("Gather", "columns", node("Shape", "shape", x), "time");
    String freedom = node("Sub", "freedom", columns, "one");
    String divisor =
        node("Cast", "divisor", List.of(freedom), integer("to", TensorProto.DataType.FLOAT_VALUE));
    String variance = node("Div", "variance", sum, divisor);
    floats("epsilon", new float[] {POOLING_EPSILON});
    String deviation = node("Sqrt", "deviation", node("Add", "variance+", variance, "epsilon"));
    return node(
        "Concat",
        "pooled",
        List.of(
            node("Flatten", "mean.flat", List.of(mean), integer("axis", 1)),
            node("Flatten", "deviation.flat", List.of(deviation), integer("axis", 1))),
        integer("axis", 1));
  }

  private String node(String operator, String output, String... inputs) {
    return node(operator, output, List.of(inputs));
  }

  private String node(
      String operator, String output, List<String> inputs, AttributeProto... attributes) {
    graph.addNode(
        NodeProto.newBuilder()
            .setName(output)
            .setOpType(operator)
            .addAllInput(inputs)
            .addOutput(output)
            .addAllAttribute(Arrays.asList(attributes)));
    return output;
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static AttributeProto integers(String name, long... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }
    return attribute.build();
  }

  private void floats(String name, float[] values, long... shape) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    add(name, TensorProto.DataType.FLOAT, bytes, shape);
  }

  private void longs(String name, long value, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    add(name, TensorProto.DataType.INT64, bytes.putLong(0, value), shape);
  }

  private void add(String name, TensorProto.DataType type, ByteBuffer bytes, long... shape) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type.getNumber())
            .setRawData(ByteString.copyFrom(bytes));
    for (long size : shape) {
      tensor.addDims(size);
    }
    graph.addInitializer(tensor);
  }

  /** An input or output of float32; a dimension is a size or the name of a dynamic one. */
  private static ValueInfoProto value(String name, Object... dimensions) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object dimension : dimensions) {
      TensorShapeProto.Dimension.Builder one = shape.addDimBuilder();
      if (dimension instanceof Integer size) {
        one.setDimValue(size);
      } else {
        one.setDimParam((String) dimension);
      }
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT_VALUE)
                        .setShape(shape)))
        .build();
  }
}
